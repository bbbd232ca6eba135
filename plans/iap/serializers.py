from plans.iap.models import Plan
from tenants.api.serializers import (
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
            "version",
            "adopted_on",
            "visibility",
            "translations",
            *CONTENT_TAIL,
        )


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
