"""Rules between actions that a CHECK cannot say, kept by triggers."""

from django.utils.translation import gettext_lazy as _

from tenants.access.walls import OfField, Trigger


class ClosedWhenReplaced(Trigger):
    """An action that another has replaced is changed by nothing but what undoes that."""

    suffix = "closed_when_replaced"
    violation_status = 409
    violation_error_code = "replaced"
    default_violation_error_message = _("The action was replaced by another; restore it to change it.")
    event = "BEFORE UPDATE OR DELETE"
    when = "OLD.replaced_by_id IS NOT NULL"
    function = "plans_replaced_is_closed()"


class ClosedWithAction(ClosedWhenReplaced):
    """What belongs to an action stays with it when another replaces it, as it was."""

    suffix = "closed_with_action"
    event = "BEFORE INSERT OR UPDATE OR DELETE"
    when = ""
    function = "plans_of_replaced_is_closed()"


class ReplacedByCurrent(Trigger):
    """What replaces an action is itself not replaced; so replacements never run in a circle."""

    suffix = "replaced_by_current"
    violation_status = 409
    violation_error_code = "other_is_replaced"
    default_violation_error_message = _("The other action was itself replaced; name the one that counts.")
    event = "BEFORE INSERT OR UPDATE OF replaced_by_id"
    when = "NEW.replaced_by_id IS NOT NULL"
    function = "plans_replaced_by_current()"


class NoCircle(OfField, Trigger):
    """An action does not wait for itself, not by way of others either."""

    suffix = "no_circle"
    violation_error_code = "dependency_cycle"
    default_violation_error_message = _("An action does not depend on itself, not by way of others either.")
    function = "plans_no_circle()"
