"""An indicator as peers and the public read it."""

from typing import ClassVar

from plans.actions.serializers import ActionInBrief
from plans.indicators.models import Indicator
from plans.indicators.serializers import (
    CommonIndicatorInBrief,
    StandingSerializer,
    TargetOfIndicatorSerializer,
)
from plans.indicators.standing import standing
from plans.objectives.serializers import ObjectiveInBrief
from tenants.api.serializers import CITY_HEAD, PUBLISHED_TAIL, PublishedSerializer
from tenants.networks.published import IfSeen


class PublishedIndicatorSerializer(PublishedSerializer):
    """An indicator as its city shows it to others, and how it stands."""

    action = ActionInBrief(read_only=True, allow_null=True, help_text="Where it is published.")
    objective = ObjectiveInBrief(read_only=True, allow_null=True, help_text="Where the plan is published.")
    common_indicator = CommonIndicatorInBrief(read_only=True, allow_null=True)
    targets = TargetOfIndicatorSerializer(many=True, read_only=True)
    standing = StandingSerializer(read_only=True)

    class Meta:
        model = Indicator
        fields = (
            *CITY_HEAD,
            "code",
            "name",
            "unit",
            "type",
            "direction",
            "accumulation",
            "measure",
            "action",
            "objective",
            "common_indicator",
            "baseline_value",
            "baseline_on",
            "baseline_absent_reason",
            "tolerance",
            "source_of_verification",
            "visibility",
            "targets",
            "standing",
            *PUBLISHED_TAIL,
        )
        annotations: ClassVar = {
            "action": IfSeen(Indicator, "action", ActionInBrief),
            "objective": IfSeen(Indicator, "objective", ObjectiveInBrief),
            "standing": standing(),
        }
