"""Rules between what two cities write about one adoption, kept by triggers.

Each city writes its own row, and neither may lock that of the other: so both take one lock by the key of
the adoption, and then look at what the other has written.
"""

from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Trigger


class AdoptedAsConsented(Trigger):
    """A practice is adopted while it is open, or the city that offers it consents."""

    suffix = "as_consented"
    violation_status = 409
    violation_error_code = "not_consented"
    default_violation_error_message = _("The city that offers the practice has not consented.")
    event = "BEFORE INSERT OR UPDATE OF adopted_on"
    when = "NEW.adopted_on IS NOT NULL"
    function = "plans_adopted_as_consented()"


class AnsweredBeforeAdopted(Trigger):
    """What has become an action is not declined, nor answered anew."""

    suffix = "before_adopted"
    violation_status = 409
    violation_error_code = "wrong_status"
    default_violation_error_message = _(
        "This needs no answer, has been answered so already, or was adopted meanwhile."
    )
    function = "plans_answered_before_adopted()"


class AdoptedWithAction(Trigger):
    """When the action goes, the practice is not adopted any more, and may be once more."""

    suffix = "with_action"
    event = "BEFORE UPDATE OF action_id"
    when = "NEW.action_id IS NULL"
    function = "plans_adopted_with_action()"
