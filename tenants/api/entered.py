"""How a request comes in: what holds for every endpoint is here, once.

Each request is one transaction: entrance (who, where, which rights), the handler inside the matching
context, the answer. DRF authenticates inside the view, so the transaction opens in `dispatch`, within
its `try`: an error at COMMIT is answered like any other.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Any, ClassVar

from django.db import connection, transaction
from django.http import FileResponse, Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from tenants.access.context import already_set
from tenants.access.postgresql.prepared import MisjudgedError
from tenants.api import ahead, conditional, paging
from tenants.api.deeds import Need, granted
from tenants.api.entrance import Entrance
from tenants.api.filters import one_value
from tenants.api.idempotency import once
from tenants.api.languages import speak
from tenants.api.limits import MAX_BODY, refuse_a_large_body
from tenants.api.refusals import bad_parameter
from tenants.api.renderers import Forwarded, Negotiation


class EnteredView(APIView):
    """The base of every view: nobody comes in without an entrance."""

    http_method_names: ClassVar[list[str]] = ["get", "post", "patch", "delete", "head"]
    accepts: ClassVar[tuple[str, ...]] = ()
    # False for tables that the reading role of staff is not granted: people, memberships, tokens.
    reads_as_staff: ClassVar[bool] = True
    # What one person may see is no other's: a browser may keep it, and asks before it uses it.
    answers_with: ClassVar[dict[str, str]] = {
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Cookie, Accept-Language",
    }
    # True where nobody proves who they are.
    is_public: ClassVar[bool] = False
    action: str

    content_negotiation_class = Negotiation

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.args, self.kwargs = args, kwargs
        self.headers = dict(self.answers_with)
        self.request = request = self.initialize_request(request, *args, **kwargs)
        try:
            refuse_a_large_body(request, self.max_body)
            response = self.inside(request)
        except MisjudgedError:
            ahead.forget(request)
            return request._request.resolver_match.func(request._request, *args, **kwargs)
        except Exception as error:
            response = self.handle_exception(error)
            self.headers["Content-Language"] = get_language()
        if response.status_code == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        self.response = self.finalize_response(request, response, *args, **kwargs)
        return self.response

    def inside(self, request: Any) -> Any:
        nested = connection.in_atomic_block
        with transaction.atomic():
            self.initial(request, *self.args, **self.kwargs)
            if not isinstance(request.auth, Entrance):
                return self.handler(request)
            with already_set(request.auth.context, nested=nested):
                response = once(request, lambda: self.handler(request))
                if getattr(response, "streaming", False) and not isinstance(response, FileResponse):
                    raise RuntimeError("No streaming out of a context: write the file first.")
                return conditional.unless_known(request, response)

    def handler(self, request: Any) -> Any:
        name = request.method.lower()
        known = getattr(self, name, None) if name in self.http_method_names else None
        return (known or self.http_method_not_allowed)(request, *self.args, **self.kwargs)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if isinstance(request.auth, Entrance):
            self.admit(request.auth)
            speak(request.auth.language)
            self.headers["Content-Language"] = self.languages()
        if getattr(self, "action", "") != "list":
            self.refuse_unknown_parameters(request)

    def said(self, kind: Callable[..., Any]) -> Any:
        """What the body says, in this shape."""
        body = kind(data=self.request.data)
        body.is_valid(raise_exception=True)
        return body.validated_data

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What is JSON already is not rendered."""
        if not isinstance(response, Forwarded):
            return super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.headers.items():
            response.headers[name] = value
        return response

    # They keep nothing of a request, so there is one of each.

    def get_renderers(self) -> list[Any]:
        return one_of_each(tuple(self.renderer_classes))

    def get_parsers(self) -> list[Any]:
        return one_of_each(tuple(self.parser_classes))

    def get_authenticators(self) -> list[Any]:
        return one_of_each(tuple(self.authentication_classes))

    def get_permissions(self) -> list[Any]:
        return one_of_each(tuple(self.permission_classes))

    def get_content_negotiator(self) -> Any:
        return one_of_each((self.content_negotiation_class,))[0]

    @property
    def max_body(self) -> int:
        """Bytes."""
        return MAX_BODY

    @property
    def needs(self) -> Mapping[str, Need]:
        """The right that an action takes; of one that is not named, none."""
        return {}

    def languages(self) -> str:
        """What is said in the answer is in the working language."""
        return self.entrance.working_language

    @cached_property
    def entrance(self) -> Entrance:
        return self.request.auth

    def admit(self, entrance: Entrance) -> None:
        """404 for a place one has no role in, 403 where the role does not reach."""
        if ("network" in self.kwargs and entrance.network is None) or not self.visible(entrance):
            raise Http404
        need = self.needs.get(getattr(self, "action", "") or "")
        if not granted(need, entrance.rights):
            raise exceptions.PermissionDenied

    def visible(self, entrance: Entrance) -> bool:
        return bool(entrance.roles) or "network" not in self.kwargs

    def query_parameters(self) -> tuple[str, ...]:
        """What the query may say beside filters."""
        paged = paging.PARAMETERS if getattr(self, "action", "") == "list" else ()
        reason = () if self.request.method in SAFE_METHODS else ("reason",)
        return (*paged, *reason, *self.accepts)

    def brought(self, request: Any) -> Iterable[bytes]:
        """What makes two requests the same."""
        return (request._request.body,)

    def refuse_unknown_parameters(self, request: Any) -> None:
        for name, values in request.query_params.lists():
            if name not in self.query_parameters():
                raise bad_parameter(name, "unknown_parameter", _("There is no such parameter here."))
            one_value(name, values)


OF_THE_REQUEST = ("request", "args", "kwargs", "headers", "action", "action_map")


def in_place_of(view: Any, other: Any) -> Any:
    """Another viewset for the same request, past its own door."""
    instead = other(basename=view.basename, detail=view.detail)
    instead.__dict__.update({name: getattr(view, name) for name in OF_THE_REQUEST})
    for method, action in view.action_map.items():
        setattr(instead, method, getattr(instead, action))
    return instead


@cache
def one_of_each(classes: tuple[type, ...]) -> list[Any]:
    return [each() for each in classes]
