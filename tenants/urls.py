from django.urls import path

from tenants.api.routes import ONLY_LIST, collection, of_a_city, of_a_network
from tenants.history.views import HistoryViewSet
from tenants.members.views import CityMembersViewSet, MeView, NetworkMembersViewSet, TokensView, TokenView
from tenants.networks.views import (
    NetworksViewSet,
    PartnerCityViewSet,
    PeriodViewSet,
    ThemeViewSet,
    TransnationalMeetingViewSet,
)

urlpatterns = [
    path("me/", MeView.as_view(), name="me"),
    path("me/tokens/", TokensView.as_view(), name="tokens"),
    path("me/tokens/<uuid:id>/", TokenView.as_view(), name="token"),
    *collection("networks", NetworksViewSet, "network"),
    *of_a_network("cities", PartnerCityViewSet),
    *of_a_network("themes", ThemeViewSet),
    *of_a_network("periods", PeriodViewSet),
    *of_a_network("meetings", TransnationalMeetingViewSet),
    *of_a_network("members", NetworkMembersViewSet),
    *of_a_city("members", CityMembersViewSet, across=None),
    *of_a_city("history", HistoryViewSet, routes=ONLY_LIST, across="history"),
]
