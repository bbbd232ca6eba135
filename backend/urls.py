"""Addresses: the API, its document and pages, and whether the service is up."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from backend.pages import Docs, Document, SignIn, health, ready
from plans import urls as of_plans
from tenants import urls as of_tenants
from tenants.api.routes import by_place

urlpatterns = [
    path("api/v1/", include(by_place([*of_tenants.urlpatterns, *of_plans.urlpatterns]))),
    path("api/v1/openapi.yaml", Document.as_view(), name="schema"),
    path("api/docs/", Docs.as_view(), name="docs"),
    path("api/login/", SignIn.as_view(), name="login"),
    path("api/logout/", LogoutView.as_view(), name="logout"),
    path("healthz", health, name="health"),
    path("readyz", ready, name="ready"),
]

handler400 = "tenants.api.problems.bad_request"
handler403 = "tenants.api.problems.permission_denied"
handler404 = "tenants.api.problems.not_found"
handler500 = "tenants.api.problems.server_error"
