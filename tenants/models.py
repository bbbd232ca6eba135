"""Every model of the tenants' space, where Django looks for them."""

from tenants.api.models import CityReply, Reply
from tenants.history.models import Change
from tenants.members.models import Membership, Token, User
from tenants.networks.models import City, Network, Period, Theme, TransnationalMeeting
from tenants.personal.models import Erasure

__all__ = [
    "Change",
    "City",
    "CityReply",
    "Erasure",
    "Membership",
    "Network",
    "Period",
    "Reply",
    "Theme",
    "Token",
    "TransnationalMeeting",
    "User",
]
