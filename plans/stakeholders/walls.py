"""A rule of the local group that a CHECK cannot say."""

from django.utils.translation import gettext_lazy as _

from tenants.access.walls import SameNetwork


class MemberOfCity(SameNetwork):
    """The person has a role in this very city, when the row is written.

    Roles come and go without the row: who has none any more holds the seat and writes nothing.
    """

    suffix = "of_city"
    default_violation_error_message = _("The city has no such member.")
    function = "plans_member_of_city('{column}')"
