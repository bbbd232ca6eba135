"""The local group of a city in the demo: seats and who holds them, meetings, commitments, scores."""

from plans.actions.models import Action
from plans.demo.load import Keys, add, inside, keys
from plans.demo.read import Row
from plans.group.models import GroupDimension, SelfAssessment
from plans.meetings.models import Attendance, Commitment, Decision, LocalGroupMeeting
from plans.stakeholders.models import LocalGroupSeat, SeatHolder, Stakeholder, StakeholderAssessment
from tenants.access.rights import Role
from tenants.members.models import Membership
from tenants.networks.models import City

# Personal data says no provenance: a holder is marked by name and address.
UNMARKED = ("provenance",)


def seat_local_group(city: City, given: Row) -> None:
    """After the stakeholders and the actions, in the context of the city."""
    known = {
        "stakeholder": keys(Stakeholder.objects.all(), "name"),
        "action": keys(Action.objects.all(), "code"),
    }
    add(StakeholderAssessment, given.get("stakeholder_assessments", []), known)
    known["seat"] = add_seats(city, given.get("seats", []), known)
    known["meeting"] = add_meetings(given.get("local_group_meetings", []), known)
    add(Commitment, given.get("commitments", []), known)
    add_dimensions(given.get("group_dimensions", []), known)


def add_seats(city: City, rows: list[Row], known: dict[str, Keys]) -> Keys:
    made = add(LocalGroupSeat, rows, known, ["ref", "holders"])
    seats = named(rows, made)
    member = Membership.objects.filter(city=city, role=Role.LOCAL_GROUP_MEMBER).order_by("id").first()
    holders = [
        {**row, "account_id": member.user_id if member and row.get("signs_in") else None}
        for row in inside(rows, "holders", seat="ref")
    ]
    add(SeatHolder, holders, {"seat": seats}, [*UNMARKED, "signs_in"])
    return seats


def add_meetings(rows: list[Row], known: dict[str, Keys]) -> Keys:
    made = add(LocalGroupMeeting, rows, apart=["ref", "attendances", "decisions"])
    meetings = named(rows, made)
    links = {**known, "meeting": meetings}
    add(Attendance, inside(rows, "attendances", meeting="ref"), links)
    add(Decision, inside(rows, "decisions", meeting="ref"), links)
    return meetings


def add_dimensions(rows: list[Row], known: dict[str, Keys]) -> None:
    dimensions = keys(add(GroupDimension, rows, apart=["self_assessments"]), "name")
    scores = inside(rows, "self_assessments", dimension="name")
    add(SelfAssessment, scores, {**known, "dimension": dimensions})


def named(rows: list[Row], made: list[LocalGroupSeat] | list[LocalGroupMeeting]) -> Keys:
    """By what the document calls them."""
    return {row["ref"]: one.pk for row, one in zip(rows, made, strict=True)}
