from plans.actions.views import ActionViewSet, MilestoneViewSet
from plans.iap.views import OwnPlanViewSet, PlanViewSet
from plans.objectives.views import ObjectiveViewSet
from plans.stakeholders.views import StakeholderContactViewSet, StakeholderViewSet
from plans.summaries.views import SummaryViewSet
from tenants.api.routes import READ, SINGLE, of_a_city, of_a_network

urlpatterns = [
    *of_a_city("plan", OwnPlanViewSet, routes=SINGLE, across=None),
    *of_a_network("plans", PlanViewSet, routes=READ),
    *of_a_city("objectives", ObjectiveViewSet),
    *of_a_city("actions", ActionViewSet),
    *of_a_city("milestones", MilestoneViewSet),
    *of_a_city("stakeholders", StakeholderViewSet),
    *of_a_network("summaries", SummaryViewSet),
    *of_a_city("contacts", StakeholderContactViewSet, across=None),
]
