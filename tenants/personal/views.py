"""What is kept of people: for those it is about, and the coordinator who answers to them."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from tenants.access.rights import Can
from tenants.api.deeds import Need
from tenants.api.entered import EnteredView
from tenants.api.entrance import Entrance
from tenants.api.filters import RowFilter
from tenants.api.views import CityViewSet
from tenants.members.models import User
from tenants.members.views import written
from tenants.personal.erase import erase_person
from tenants.personal.export import held_in_city, held_on, kept
from tenants.personal.models import Erasure
from tenants.personal.serializers import (
    ErasedSerializer,
    ErasureSerializer,
    FarewellSerializer,
    HeldSerializer,
    KeptSerializer,
    OwnDataSerializer,
    PersonSerializer,
)


class PersonalView(EnteredView):
    """Of a city. The reason that a write may give is not taken here: it would say who it was about."""

    right: ClassVar[Can] = Can.ANSWER_TO_PEOPLE

    @property
    def needs(self) -> Mapping[str, Need]:
        """None of a method that is not there: that is a 405 for everybody."""
        name = getattr(self.request, "method", "").lower()
        there = name in self.http_method_names and hasattr(self, name)
        return {"": self.right} if there else {}

    def visible(self, entrance: Entrance) -> bool:
        return super().visible(entrance) and entrance.city is not None

    def query_parameters(self) -> tuple[str, ...]:
        return self.accepts

    def person(self) -> Any:
        """The one that the body names."""
        body = PersonSerializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.person()


class KeptView(PersonalView):
    """How much is kept of people, and what is erased within 30 days."""

    right = Can.READ_PERSONAL
    is_collection = True

    @extend_schema(responses=KeptSerializer(many=True))
    def get(self, request: Any, **path: Any) -> Response:
        return written(KeptSerializer(kept(self.entrance.today), many=True).data)


class ExportView(PersonalView):
    """All that the city holds on one person; asked by POST, so that no address tells who it is."""

    @extend_schema(request=PersonSerializer, responses=HeldSerializer)
    def post(self, request: Any, **path: Any) -> Response:
        person = self.person()
        # Not kept for a repeated request: it has no effect that could happen twice.
        return Response(HeldSerializer(held_in_city(person)).data)


class ErasePersonView(PersonalView):
    """Erase one person from rows, history and kept answers, for good; what is counted stays."""

    @extend_schema(request=PersonSerializer, responses=ErasedSerializer)
    def post(self, request: Any, **path: Any) -> Response:
        erasure = erase_person(self.person())
        return written(ErasedSerializer(erasure).data)


class ErasureFilter(RowFilter):
    cause = django_filters.ChoiceFilter(choices=Erasure.Cause.choices)

    class Meta:
        model = Erasure
        fields: ClassVar[list[str]] = []


class ErasureViewSet(CityViewSet):
    """That people were erased, as numbers."""

    queryset = Erasure.objects.all()
    serializer_class = ErasureSerializer
    filterset_class = ErasureFilter
    read_right = Can.READ_HISTORY
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    http_method_names: ClassVar[list[str]] = ["get", "head"]


class OwnDataView(EnteredView):
    """All that is held on you."""

    reads_as_staff = False

    @extend_schema(responses=OwnDataSerializer)
    def get(self, request: Any) -> Response:
        return written(OwnDataSerializer(held_on(User.objects.get(pk=request.user.pk))).data)


class OwnFarewellView(EnteredView):
    """Erase your account: name, address, roles and tokens go; what you did stays, under a number."""

    reads_as_staff = False

    def query_parameters(self) -> tuple[str, ...]:
        return self.accepts

    @extend_schema(request=FarewellSerializer, responses={204: None})
    def post(self, request: Any, **path: Any) -> Response:
        FarewellSerializer(data=request.data).is_valid(raise_exception=True)
        self.account().erase()
        return Response(status=204)

    def account(self) -> User:
        return User.objects.get(pk=self.request.user.pk)


class FarewellView(OwnFarewellView):
    """Erase somebody's account: name, address, roles and tokens go; what they did stays, under a number."""

    queryset = User.objects.all()

    @property
    def needs(self) -> Mapping[str, Need]:
        return {"": Can.RUN_PROGRAMME}

    def account(self) -> User:
        found = self.queryset.filter(pk=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found
