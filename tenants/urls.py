from django.urls import path

from tenants.api.routes import ONLY_LIST, READ, collection, of_a_city, of_a_network, of_the_public
from tenants.history.views import HistoryViewSet
from tenants.members.views import CityMembersViewSet, MeView, NetworkMembersViewSet, TokensView, TokenView
from tenants.networks.public import PublicCityViewSet, PublicNetworkViewSet
from tenants.networks.views import (
    NetworksViewSet,
    PartnerCityViewSet,
    PeriodViewSet,
    ThemeViewSet,
    TransnationalMeetingViewSet,
)
from tenants.personal.views import (
    ErasePersonView,
    ErasureViewSet,
    ExportView,
    FarewellView,
    KeptView,
    OwnDataView,
    OwnFarewellView,
)
from tenants.texts.views import CityUntranslatedView, NetworkUntranslatedView

CITY = "networks/<slug:network>/cities/<slug:city>/"

urlpatterns = [
    path(
        "networks/<slug:network>/untranslated/",
        NetworkUntranslatedView.as_view(),
        name="network-untranslated",
    ),
    path(f"{CITY}untranslated/", CityUntranslatedView.as_view(), name="city-untranslated"),
    path("me/data/", OwnDataView.as_view(), name="own-data"),
    path("me/erase/", OwnFarewellView.as_view(), name="own-farewell"),
    path("people/<uuid:id>/erase/", FarewellView.as_view(), name="farewell"),
    path(f"{CITY}personal-data/", KeptView.as_view(), name="city-personal-data"),
    path(f"{CITY}personal-data/export/", ExportView.as_view(), name="city-personal-data-export"),
    path(f"{CITY}personal-data/erase/", ErasePersonView.as_view(), name="city-personal-data-erase"),
    *of_a_city("erasures", ErasureViewSet, routes=READ),
    path("me/", MeView.as_view(), name="me"),
    path("me/tokens/", TokensView.as_view(), name="tokens"),
    path("me/tokens/<uuid:id>/", TokenView.as_view(), name="token"),
    *collection("networks", NetworksViewSet, "network"),
    *of_a_network("cities", PartnerCityViewSet),
    *of_a_network("themes", ThemeViewSet),
    *of_a_network("periods", PeriodViewSet),
    *of_a_network("meetings", TransnationalMeetingViewSet),
    *of_a_network("members", NetworkMembersViewSet),
    *collection("public/networks", PublicNetworkViewSet, "public-network", READ),
    *of_the_public("cities", PublicCityViewSet),
    *of_a_city("members", CityMembersViewSet, across=None),
    *of_a_city("history", HistoryViewSet, routes=ONLY_LIST, across="history"),
]
