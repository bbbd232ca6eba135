"""Who could help where a city is weak, and whether it wants to be found itself."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from plans.guidelines.models import PeerConsent
from plans.peers.serializers import PeerConsentSerializer, SuggestedPeersSerializer
from plans.peers.suggest import suggested
from tenants.access.rights import Can
from tenants.api import conditional
from tenants.api.deeds import Need
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance


class InACity(EnteredView):
    """Answers with what is made, not with rows."""

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None


class PeerConsentView(InACity):
    """Whether the city wants to be found by its peers where it is strong."""

    @property
    def needs(self) -> Mapping[str, Need]:
        rights = {"GET": Can.READ, "HEAD": Can.READ, "POST": Can.DECIDE, "DELETE": Can.DECIDE}
        right = rights.get(self.request.method)
        return {"": right} if right else {}

    @extend_schema(responses=PeerConsentSerializer)
    def get(self, request: Any, **path: Any) -> Response:
        """Whether cities of the network find this one at their `suggested-peers/`."""
        return self.told(self.given())

    @extend_schema(request=None, responses={200: PeerConsentSerializer})
    def post(self, request: Any, **path: Any) -> Response:
        """Let the cities of the network find this one by its self assessments; also when they do already."""
        return self.told(self.given() or PeerConsent.objects.create())

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Any, **path: Any) -> Response:
        """Be found no more, from now on; also when nobody could."""
        PeerConsent.objects.filter(city=self.entrance.city).delete()
        return Response(status=204)

    def given(self) -> PeerConsent | None:
        return PeerConsent.objects.filter(city=self.entrance.city).first()

    def told(self, consent: PeerConsent | None) -> Response:
        shown = {"findable": consent is not None, "since": consent and consent.created_at}
        return Response(PeerConsentSerializer(shown).data)


class SuggestedPeersViewSet(InACity, ViewSet):
    """Cities that are strong where this one is weak."""

    @property
    def needs(self) -> Mapping[str, Need]:
        return {"suggested": Can.READ}

    def languages(self) -> str:
        spoken = (self.entrance.language, super().languages())
        return ", ".join(dict.fromkeys(spoken))

    @extend_schema(responses=SuggestedPeersSerializer)
    def suggested(self, request: Any, **path: Any) -> Response:
        """Of each guideline where this city is weak or not assessed, the cities that are strong and want
        to be found."""
        entrance = self.entrance
        rows = suggested(entrance.city, entrance.network, entrance.language)  # type: ignore[arg-type]
        body = JSONRenderer().render({"results": rows})
        return Response(body, headers={"ETag": conditional.tag(conditional.digest(body))})
