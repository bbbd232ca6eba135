"""Every model of the plans, where Django looks for them."""

from plans.actions.models import Action, ActionPartner, Milestone
from plans.iap.models import Plan
from plans.objectives.models import Objective
from plans.stakeholders.models import Stakeholder, StakeholderContact

__all__ = [
    "Action",
    "ActionPartner",
    "Milestone",
    "Objective",
    "Plan",
    "Stakeholder",
    "StakeholderContact",
]
