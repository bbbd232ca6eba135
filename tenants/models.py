"""Every model of the tenants' space, where Django looks for them."""

from tenants.api.models import CityReply, Reply
from tenants.history.models import Change
from tenants.members.models import Membership, Token, User
from tenants.networks.models import City, Network, Period, Theme, TransnationalMeeting

__all__ = [
    "Change",
    "City",
    "CityReply",
    "Membership",
    "Network",
    "Period",
    "Reply",
    "Theme",
    "Token",
    "TransnationalMeeting",
    "User",
]
