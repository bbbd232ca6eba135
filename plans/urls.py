from django.urls import path

from plans.actions.dependencies.views import DependencyViewSet
from plans.actions.fundings.views import FundingViewSet
from plans.actions.risks.views import RiskViewSet
from plans.actions.small_scale.views import SmallScaleActionViewSet
from plans.actions.views import ActionViewSet, MilestoneViewSet, PublishedActionViewSet
from plans.adoptions.views import AdoptionRequestViewSet, AdoptionViewSet
from plans.calendar.views import CalendarFeedsView, CalendarFeedView, CalendarView
from plans.campaigns.views import CampaignViewSet, ChannelViewSet
from plans.dimensions.views import CategoryViewSet, DimensionViewSet
from plans.exports.views import ExportViewSet
from plans.group.views import GroupDimensionViewSet, GroupsView, GroupView, SelfAssessmentViewSet
from plans.guidelines.views import GuidelineAssessmentViewSet, GuidelineViewSet, PublicGuidelineViewSet
from plans.iap.views import PlanViewSet, PublishedPlanViewSet
from plans.imports.views import ImportViewSet
from plans.indicators.views import (
    CommonIndicatorViewSet,
    IndicatorViewSet,
    MeasurementViewSet,
    PublishedIndicatorViewSet,
    TargetViewSet,
)
from plans.life.views import OwnPlanViewSet
from plans.meetings.views import (
    AttendanceViewSet,
    CommitmentViewSet,
    DecisionViewSet,
    LocalGroupMeetingViewSet,
)
from plans.objectives.views import ObjectiveViewSet, PublishedObjectiveViewSet
from plans.peers.views import PeerConsentView, SuggestedPeersViewSet
from plans.practices.views import GoodPracticeViewSet, PublishedPracticeViewSet
from plans.reports.views import ReportViewSet
from plans.reviews.views import ReviewToGiveViewSet, ReviewViewSet
from plans.stakeholders.views import (
    LocalGroupSeatViewSet,
    SeatHolderViewSet,
    StakeholderAssessmentViewSet,
    StakeholderContactViewSet,
    StakeholderViewSet,
)
from plans.summaries.views import SummaryViewSet
from plans.versions.views import PlanVersionViewSet
from tenants.api.routes import JOBS, READ, SINGLE, of_a_city, of_a_network, of_the_public

CITY = "networks/<slug:network>/cities/<slug:city>/"

urlpatterns = [
    *of_a_city("plan", OwnPlanViewSet, routes=SINGLE, across=None),
    *of_a_network("plans", PlanViewSet, routes=READ),
    *of_a_city("plan/versions", PlanVersionViewSet, across="plan-versions"),
    *of_a_city("reviews", ReviewViewSet),
    *of_a_city("reviews-to-give", ReviewToGiveViewSet, across=None),
    *of_a_city("objectives", ObjectiveViewSet),
    *of_a_city("actions", ActionViewSet),
    *of_a_city("milestones", MilestoneViewSet),
    *of_a_city("fundings", FundingViewSet),
    *of_a_city("risks", RiskViewSet),
    *of_a_city("dependencies", DependencyViewSet),
    *of_a_city("tests", SmallScaleActionViewSet),
    *of_a_city("stakeholders", StakeholderViewSet),
    *of_a_network("summaries", SummaryViewSet),
    *of_a_network("common-indicators", CommonIndicatorViewSet),
    *of_a_network("dimensions", DimensionViewSet),
    *of_a_network("categories", CategoryViewSet),
    *of_a_city("indicators", IndicatorViewSet),
    *of_a_city("targets", TargetViewSet),
    *of_a_city("measurements", MeasurementViewSet),
    *of_a_network("guidelines", GuidelineViewSet),
    *of_a_city("guideline-assessments", GuidelineAssessmentViewSet),
    *of_a_city("channels", ChannelViewSet),
    *of_a_city("campaigns", CampaignViewSet),
    *of_the_public("plans", PublishedPlanViewSet),
    *of_the_public("objectives", PublishedObjectiveViewSet),
    *of_the_public("actions", PublishedActionViewSet),
    *of_the_public("indicators", PublishedIndicatorViewSet),
    *of_a_city("practices", GoodPracticeViewSet),
    *of_a_city("adoptions", AdoptionViewSet),
    *of_a_city("adoption-requests", AdoptionRequestViewSet, across=None),
    *of_the_public("practices", PublishedPracticeViewSet),
    *of_the_public("guidelines", PublicGuidelineViewSet),
    *of_a_city("contacts", StakeholderContactViewSet, across=None),
    path(
        "networks/<slug:network>/cities/<slug:city>/peer-consent/",
        PeerConsentView.as_view(),
    ),
    path(
        "networks/<slug:network>/cities/<slug:city>/suggested-peers/",
        SuggestedPeersViewSet.as_view({"get": "suggested"}),
    ),
    path("networks/<slug:network>/reports/figures/", ReportViewSet.as_view({"get": "figures"})),
    *of_a_city("imports", ImportViewSet, routes=JOBS, across=None),
    *of_a_city("exports", ExportViewSet, routes=JOBS, across=None),
    *of_a_city("assessments", StakeholderAssessmentViewSet, across=None),
    *of_a_city("seats", LocalGroupSeatViewSet),
    *of_a_city("seat-holders", SeatHolderViewSet, across=None),
    *of_a_city("meetings", LocalGroupMeetingViewSet, across="local-group-meetings"),
    *of_a_city("attendances", AttendanceViewSet, across=None),
    *of_a_city("decisions", DecisionViewSet),
    *of_a_city("commitments", CommitmentViewSet),
    *of_a_city("dimensions", GroupDimensionViewSet, across=None),
    *of_a_city("self-assessments", SelfAssessmentViewSet, across=None),
    path(f"{CITY}group/", GroupView.as_view(), name="city-group"),
    path("networks/<slug:network>/groups/", GroupsView.as_view(), name="network-groups"),
    path(f"{CITY}calendar-feeds/", CalendarFeedsView.as_view(), name="city-calendar-feeds"),
    path(f"{CITY}calendar-feeds/<uuid:id>/", CalendarFeedView.as_view(), name="city-calendar-feed"),
    path("calendar/<str:secret>.ics", CalendarView.as_view(), name="calendar"),
]
