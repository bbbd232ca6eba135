"""Django REST framework as everybody writes it: a ModelViewSet, a ModelSerializer, prefetching."""

import hashlib

from django.db import transaction
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, serializers, viewsets
from rest_framework.authentication import TokenAuthentication
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import SAFE_METHODS, BasePermission, IsAuthenticated

from peers import rules
from peers.plain.cities.models import Action, Membership, Milestone, Token


class BearerAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key):
        digest = hashlib.sha256(key.encode()).hexdigest()
        tokens = Token.objects.select_related("user").filter(revoked_at=None, expires_at__gt=timezone.now())
        try:
            token = tokens.get(digest=digest)
        except Token.DoesNotExist:
            raise exceptions.AuthenticationFailed("Invalid token.") from None
        if not token.user.is_active:
            raise exceptions.AuthenticationFailed("User inactive or deleted.")
        return token.user, token


class IsMemberOfCity(BasePermission):
    def has_permission(self, request, view):
        view.membership = (
            Membership.objects.select_related("city")
            .filter(
                user=request.user,
                city__slug=view.kwargs["city"],
                city__network__slug=view.kwargs["network"],
            )
            .first()
        )
        if view.membership is None:
            raise Http404
        return request.method in SAFE_METHODS or view.membership.role in rules.WRITERS


class OfTheCity(serializers.PrimaryKeyRelatedField):
    def get_queryset(self):
        return super().get_queryset().filter(city=self.context["view"].membership.city)


class MilestoneSerializer(serializers.ModelSerializer):
    class Meta:
        model = Milestone
        fields = ["id", "title", "due_on", "reached_on", "provenance"]


class ActionSerializer(serializers.ModelSerializer):
    serializer_related_field = OfTheCity

    city = serializers.SlugRelatedField("slug", read_only=True)
    condition = serializers.SerializerMethodField()
    milestones = MilestoneSerializer(many=True, read_only=True)
    allowed_actions = serializers.SerializerMethodField()

    class Meta:
        model = Action
        fields = [
            "id",
            "city",
            "code",
            "title",
            "description",
            "objective",
            "lead_actor",
            "key_partners",
            "intended_outputs",
            "starts_on",
            "ends_on",
            "status",
            "condition",
            "horizon",
            "visibility",
            "guidelines",
            "primary_guideline",
            "yearly_cost",
            "yearly_cost_currency",
            "milestones",
            "provenance",
            "source",
            "illustrative_fields",
            "row_version",
            "created_at",
            "updated_at",
            "allowed_actions",
        ]
        read_only_fields = ["row_version", "created_at", "updated_at"]

    def get_condition(self, action):
        return action.condition

    def get_allowed_actions(self, action):
        return rules.allowed_actions(action, action.milestones.all(), self.context["view"].membership.role)

    def validate(self, attrs):
        names = (
            "starts_on",
            "ends_on",
            "guidelines",
            "primary_guideline",
            "yearly_cost",
            "yearly_cost_currency",
        )
        before = {name: getattr(self.instance, name) for name in names} if self.instance else {}
        if broken := rules.broken_rules({**before, **attrs}):
            raise serializers.ValidationError(broken)
        return attrs


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_detail = "Send the ETag of the row as If-Match."


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_detail = "The row has changed since."


class ActionPages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class ActionViewSet(viewsets.ModelViewSet):
    authentication_classes = [BearerAuthentication]
    permission_classes = [IsAuthenticated, IsMemberOfCity]
    serializer_class = ActionSerializer
    pagination_class = ActionPages
    filter_backends = [DjangoFilterBackend, SearchFilter, OrderingFilter]
    filterset_fields = ["status", "horizon", "visibility", "objective", "lead_actor"]
    search_fields = ["code", "title", "description", "intended_outputs"]
    ordering_fields = ["code", "title", "starts_on", "ends_on", "updated_at"]
    ordering = ["code", "id"]

    def get_queryset(self):
        actions = Action.objects.filter(city=self.membership.city)
        return actions.select_related("city").prefetch_related("milestones", "key_partners")

    def retrieve(self, request, *args, **kwargs):
        return self.with_etag(super().retrieve(request, *args, **kwargs))

    def create(self, request, *args, **kwargs):
        return self.with_etag(super().create(request, *args, **kwargs))

    def update(self, request, *args, **kwargs):
        return self.with_etag(super().update(request, *args, **kwargs))

    def with_etag(self, response):
        response["ETag"] = f'"{response.data["row_version"]}"'
        return response

    @transaction.atomic
    def perform_create(self, serializer):
        serializer.save(city=self.membership.city)

    @transaction.atomic
    def perform_update(self, serializer):
        match self.request.headers.get("If-Match"):
            case None:
                raise PreconditionRequired
            case tag if tag != f'"{serializer.instance.row_version}"':
                raise PreconditionFailed
        serializer.save(row_version=serializer.instance.row_version + 1)


PLACE = "api/v1/networks/<slug:network>/cities/<slug:city>/actions/"
urlpatterns = [
    path(PLACE, ActionViewSet.as_view({"get": "list", "post": "create"})),
    path(
        f"{PLACE}<uuid:pk>/",
        ActionViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
