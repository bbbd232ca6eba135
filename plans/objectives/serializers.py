from plans.objectives.models import Objective
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer


class ObjectiveSerializer(CitySerializer):
    class Meta:
        model = Objective
        fields = (*CITY_HEAD, "code", "title", "expected_result", "level", "parent", *CONTENT_TAIL)
