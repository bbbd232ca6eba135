from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from plans.iap.models import Plan
from tenants.api.serializers import (
    BY_ITS_VERBS,
    CITY_HEAD,
    CONTENT_TAIL,
    PUBLISHED_TAIL,
    CitySerializer,
    PublishedSerializer,
)


class PlanSerializer(CitySerializer):
    class Meta:
        model = Plan
        fields = (
            *CITY_HEAD,
            "title",
            "challenge",
            "vision",
            "horizon_starts",
            "horizon_ends",
            "status",
            "status_since",
            "status_reason",
            "version",
            "adopted_on",
            "visibility",
            "translations",
            *CONTENT_TAIL,
        )
        fixed: ClassVar = ("status", "version", "adopted_on")
        instead: ClassVar = dict.fromkeys(fixed, BY_ITS_VERBS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A plan begins as a draft, and goes on by verbs."""
        if self.instance is None:
            begins = Plan()
            wrong = [n for n in self.Meta.fixed if n in attrs and attrs[n] != getattr(begins, n)]
            if wrong:
                raise serializers.ValidationError(
                    {name: serializers.ErrorDetail(BEGINS_AS_DRAFT, "fixed") for name in wrong}
                )
        return super().validate(attrs)


BEGINS_AS_DRAFT = _("A plan begins as a draft; its verbs change this.")


class PublishedPlanSerializer(PublishedSerializer):
    class Meta:
        model = Plan
        fields = (
            *CITY_HEAD,
            "title",
            "challenge",
            "vision",
            "horizon_starts",
            "horizon_ends",
            "status",
            "version",
            "adopted_on",
            "visibility",
            *PUBLISHED_TAIL,
        )
