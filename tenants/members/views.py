"""Yourself, your tokens, and the members of a city or a network."""

from typing import Any, ClassVar

import django_filters
from django.db import models
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.reverse import reverse

from tenants.access.rights import LEVEL, RIGHTS, Can, Role
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.filters import RowFilter
from tenants.api.renderers import Forwarded
from tenants.api.views import WritableRowViewSet
from tenants.members.models import Membership, Token
from tenants.members.serializers import (
    CityMemberSerializer,
    IssuedTokenSerializer,
    MeSerializer,
    NetworkMemberSerializer,
    NewTokenSerializer,
    TokenSerializer,
)


def written(data: Any, status: int = 200, **headers: str) -> Forwarded:
    return Forwarded(JSONRenderer().render(data), status, headers=headers)


class MeView(EnteredView):
    """Who you are, and what you may do where."""

    reads_as_staff = False

    @extend_schema(responses=MeSerializer)
    def get(self, request: Any) -> Response:
        mine = Membership.objects.filter(user=request.user.pk).select_related("city__network", "network")
        roles = [self.place(membership) for membership in mine.order_by("role", "id")]
        user = request.user
        return written(
            MeSerializer({"id": user.pk, "email": user.email, "name": user.name, "roles": roles}).data
        )

    def place(self, membership: Membership) -> dict[str, Any]:
        city = membership.city
        network = city.network if city else membership.network
        return {
            "role": membership.role,
            "level": LEVEL[Role(membership.role)],
            "network": network.slug if network else None,
            "city": city.slug if city else None,
            "country": membership.country or None,
            "may": sorted(RIGHTS[membership.role]),
            "url": self.address(network, city),
        }

    def address(self, network: Any, city: Any) -> str | None:
        root = reverse("network-list", request=self.request)
        if city:
            return f"{root}{network.slug}/cities/{city.slug}/"
        return f"{root}{network.slug}/" if network else root


class TokensView(EnteredView):
    """Your personal API tokens."""

    reads_as_staff = False
    is_collection = True

    @extend_schema(responses=TokenSerializer(many=True))
    def get(self, request: Any) -> Response:
        """The tokens you have made, revoked ones included."""
        return written(TokenSerializer(Token.objects.filter(user=request.user.pk), many=True).data)

    @extend_schema(request=NewTokenSerializer, responses={201: IssuedTokenSerializer})
    def post(self, request: Any) -> Response:
        """Make a token. It is shown in this answer and never again."""
        wanted = self.said(NewTokenSerializer)
        row, token = Token.issue(request.user, wanted["name"])
        if "expires_at" in wanted:
            row.expires_at = wanted["expires_at"]
            row.save(update_fields=["expires_at"])
        row.refresh_from_db()
        row.token = token  # type: ignore[attr-defined]
        address = reverse("token", kwargs={"id": row.pk}, request=request)
        # Not kept for a repeated request: nobody shall read a token again.
        return Response(IssuedTokenSerializer(row).data, 201, headers={"Location": address})


class TokenView(EnteredView):
    """One personal API token."""

    reads_as_staff = False

    @extend_schema(responses=TokenSerializer)
    def get(self, request: Any, **path: Any) -> Response:
        return written(TokenSerializer(self.token()).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Any, **path: Any) -> Response:
        """Revoke it, at once and for good."""
        self.token().revoke()
        return Response(status=204)

    def token(self) -> Token:
        row = Token.objects.filter(user=self.request.user.pk, pk=self.kwargs["id"]).first()
        if row is None:
            raise Http404
        return row


class MemberFilter(RowFilter):
    role = django_filters.ChoiceFilter(choices=Role.choices)

    class Meta:
        model = Membership
        fields: ClassVar[list[str]] = []


class MembersViewSet(WritableRowViewSet):
    """People and their roles."""

    queryset = Membership.objects.all()
    filterset_class = MemberFilter
    search_fields = ("user__email", "user__name")
    ordering_fields = ("role", "created_at")
    read_right = Can.READ_PERSONAL
    write_right = Can.MANAGE_MEMBERS
    reads_as_staff = False

    def rows(self) -> models.QuerySet[Membership]:
        return self.queryset.filter(**self.place())


class CityMembersViewSet(MembersViewSet):
    """The people who work on a city's plan."""

    serializer_class = CityMemberSerializer

    def admit(self, entrance: Entrance) -> None:
        """Those who give roles may see them, beside the members themselves."""
        if entrance.city and Can.MANAGE_MEMBERS in entrance.rights:
            return
        super().admit(entrance)

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None

    def place(self) -> dict[str, Any]:
        return {"city_id": self.entrance.city}


class NetworkMembersViewSet(MembersViewSet):
    """Lead partner and lead experts of a network."""

    serializer_class = NetworkMemberSerializer
    read_right = write_right = Can.RUN_PROGRAMME

    def place(self) -> dict[str, Any]:
        return {"network_id": self.entrance.network}
