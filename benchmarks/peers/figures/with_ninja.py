"""Figures across cities in django-ninja: the same counts by the ORM, written by orjson.

Without a response schema, which would walk the whole answer once more to find it right.
"""

import hashlib

import orjson
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI, Path
from ninja.errors import HttpError
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from peers.figures import orm, rules
from peers.figures.models import Network, Token


class ORJSONRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return orjson.dumps(data)


class Bearer(HttpBearer):
    def authenticate(self, request, token):
        digest = hashlib.sha256(token.encode()).hexdigest()
        tokens = Token.objects.select_related("user").filter(revoked_at=None, expires_at__gt=timezone.now())
        found = tokens.filter(digest=digest, user__is_active=True).first()
        return found and found.user


api = NinjaAPI(auth=Bearer(), renderer=ORJSONRenderer(), docs_url=None)


@api.get("/networks/{slug:network}/reports/figures/")
def figures(request, network: Path[str]):
    found = Network.objects.filter(slug=network).first()
    roles = orm.roles(request.auth, found)
    if not roles:
        raise HttpError(404, "Not found.")
    if roles.isdisjoint(rules.ACROSS):
        raise HttpError(403, "Not allowed.")
    return orm.report(found)


urlpatterns = [path("api/v1/", api.urls)]
