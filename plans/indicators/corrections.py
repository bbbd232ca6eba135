"""What takes the place of a measurement, whose figures are never overwritten."""

from typing import Any, ClassVar

from plans.indicators.models import Measurement
from plans.indicators.serializers import ENTERED, MeasurementSerializer
from tenants.api.serializers import not_in_the_future


class CorrectionSerializer(MeasurementSerializer):
    """What takes the place of a measurement; of the same day, unless another is named."""

    class Meta(MeasurementSerializer.Meta):
        fields: ClassVar[tuple[str, ...]] = (
            *ENTERED,
            "comment",
            "evidence_links",
            "parts",
            "provenance",
            "source",
            "illustrative_fields",
        )
        # Of these no other value is written into a row: it makes a correction.
        figures: ClassVar = (*ENTERED, "parts")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "measured_on": {"required": False, "validators": [not_in_the_future]}
        }
        annotations: ClassVar = {}

    superseded_by = None
    allowed_actions = None
    city = None

    def in_place_of(self, wrong: Measurement) -> dict[str, Any]:
        """What the correction is made of: what was said, about the same indicator."""
        same = {"measured_on": wrong.measured_on, "indicator_id": wrong.indicator_id}
        return {**same, **self.validated_data, "supersedes": wrong}

    @staticmethod
    def beside(said: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
        """What is said, and what stays of the old row beside it: a figure takes the place of the reason
        why there was none, and the other way round."""
        if said.get("not_measured_reason"):
            return {**without(kept, *FIGURES, "parts"), **said}
        measured = any(said.get(name) not in (None, "") for name in FIGURES)
        return {**(without(kept, "not_measured_reason") if measured else kept), **said}


FIGURES = ("value", "numerator", "denominator")


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
