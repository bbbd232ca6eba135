from typing import ClassVar

from plans.actions.dependencies.models import Dependency
from plans.actions.serializers import ActionInBrief
from tenants.api.serializers import CITY_HEAD, CONTENT_TAIL, CitySerializer


class DependencySerializer(CitySerializer):
    class Meta:
        model = Dependency
        fields = (*CITY_HEAD, "action", "depends_on", "note", *CONTENT_TAIL)
        fixed: ClassVar = ("action",)
        expandable: ClassVar = {"action": ActionInBrief, "depends_on": ActionInBrief}
