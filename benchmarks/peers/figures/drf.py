"""Figures across cities in Django REST framework: a view that answers what the ORM has counted."""

import hashlib

from django.http import Http404
from django.urls import path
from django.utils import timezone
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from peers.figures import orm, rules
from peers.figures.models import Network, Token


class BearerAuthentication(TokenAuthentication):
    keyword = "Bearer"

    def authenticate_credentials(self, key):
        tokens = Token.objects.select_related("user").filter(revoked_at=None, expires_at__gt=timezone.now())
        try:
            token = tokens.get(digest=hashlib.sha256(key.encode()).hexdigest())
        except Token.DoesNotExist:
            raise AuthenticationFailed("Invalid token.") from None
        return token.user, token


class ReadsAcross(BasePermission):
    def has_permission(self, request, view):
        view.network = Network.objects.filter(slug=view.kwargs["network"]).first()
        roles = orm.roles(request.user, view.network)
        if not roles:
            raise Http404
        return not roles.isdisjoint(rules.ACROSS)


class FiguresView(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [IsAuthenticated, ReadsAcross]

    def get(self, request, network):
        return Response(orm.report(self.network))


urlpatterns = [path("api/v1/networks/<slug:network>/reports/figures/", FiguresView.as_view())]
