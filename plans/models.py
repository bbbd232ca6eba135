"""Every model of the plans, where Django looks for them."""

from plans.actions.models import Action, ActionPartner, Milestone
from plans.campaigns.models import (
    Campaign,
    CampaignAmbassador,
    CampaignChannel,
    Channel,
    ChannelIndicator,
)
from plans.dimensions.models import Category, Dimension
from plans.figures.models import KeptFigures
from plans.guidelines.models import AssessmentAction, AssessmentIndicator, Guideline, GuidelineAssessment
from plans.iap.models import Plan
from plans.indicators.models import CommonIndicator, Indicator, Measurement, Target
from plans.indicators.parts import MeasurementPart
from plans.objectives.models import Objective
from plans.stakeholders.models import Stakeholder, StakeholderContact
from plans.summaries.models import Summary, SummaryPiece

__all__ = [
    "Action",
    "ActionPartner",
    "AssessmentAction",
    "AssessmentIndicator",
    "Campaign",
    "CampaignAmbassador",
    "CampaignChannel",
    "Category",
    "Channel",
    "ChannelIndicator",
    "CommonIndicator",
    "Dimension",
    "Guideline",
    "GuidelineAssessment",
    "Indicator",
    "KeptFigures",
    "Measurement",
    "MeasurementPart",
    "Milestone",
    "Objective",
    "Plan",
    "Stakeholder",
    "StakeholderContact",
    "Summary",
    "SummaryPiece",
    "Target",
]
