"""Every model of the plans, where Django looks for them."""

from plans.actions.dependencies.models import Dependency
from plans.actions.fundings.models import Funding
from plans.actions.models import Action, ActionPartner, Milestone
from plans.actions.risks.models import Risk
from plans.actions.small_scale.models import SmallScaleAction
from plans.adoptions.models import Adoption, AdoptionAnswer
from plans.calendar.models import CalendarFeed
from plans.campaigns.models import (
    Campaign,
    CampaignAmbassador,
    CampaignChannel,
    Channel,
    ChannelIndicator,
)
from plans.dimensions.models import Category, Dimension
from plans.exports.models import Export, ExportPart
from plans.figures.models import KeptFigures
from plans.group.models import GroupDimension, SelfAssessment
from plans.guidelines.models import (
    AssessmentAction,
    AssessmentIndicator,
    Guideline,
    GuidelineAssessment,
    PeerConsent,
)
from plans.iap.models import Plan
from plans.imports.models import Import, ImportFile
from plans.indicators.models import CommonIndicator, Indicator, Measurement, Target
from plans.indicators.parts import MeasurementPart
from plans.meetings.models import Attendance, Commitment, Decision, LocalGroupMeeting
from plans.objectives.models import Objective
from plans.practices.models import GoodPractice
from plans.reviews.models import PeerReview, PeerReviewAnswer, PeerReviewRequest
from plans.stakeholders.models import (
    LocalGroupSeat,
    SeatHolder,
    Stakeholder,
    StakeholderAssessment,
    StakeholderContact,
)
from plans.summaries.models import Summary, SummaryPiece
from plans.versions.models import PlanVersion

__all__ = [
    "Action",
    "ActionPartner",
    "Adoption",
    "AdoptionAnswer",
    "AssessmentAction",
    "AssessmentIndicator",
    "Attendance",
    "CalendarFeed",
    "Campaign",
    "CampaignAmbassador",
    "CampaignChannel",
    "Category",
    "Channel",
    "ChannelIndicator",
    "Commitment",
    "CommonIndicator",
    "Decision",
    "Dependency",
    "Dimension",
    "Export",
    "ExportPart",
    "Funding",
    "GoodPractice",
    "GroupDimension",
    "Guideline",
    "GuidelineAssessment",
    "Import",
    "ImportFile",
    "Indicator",
    "KeptFigures",
    "LocalGroupMeeting",
    "LocalGroupSeat",
    "Measurement",
    "MeasurementPart",
    "Milestone",
    "Objective",
    "PeerConsent",
    "PeerReview",
    "PeerReviewAnswer",
    "PeerReviewRequest",
    "Plan",
    "PlanVersion",
    "Risk",
    "SeatHolder",
    "SelfAssessment",
    "SmallScaleAction",
    "Stakeholder",
    "StakeholderAssessment",
    "StakeholderContact",
    "Summary",
    "SummaryPiece",
    "Target",
]
