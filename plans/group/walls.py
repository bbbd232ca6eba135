"""What a self-assessment keeps of its dimension, by a trigger: for bulk and imports too."""

from django.utils.translation import gettext_lazy as _

from tenants.access.walls import Trigger


class KeepsWording(Trigger):
    """The score keeps the words that it was given to; none is given for a day after they were retired."""

    suffix = "wording"
    violation_error_code = "dimension_retired"
    default_violation_error_message = _("This dimension was retired before this day.")
    function = "plans_keep_wording()"
