"""How a dimension stands and where it goes, from the scores given to it, as one expression.

The scores of one day are one value: their mean. The latest day is compared with the day before it
on which there were scores.

- `no_data`: it was never scored. `single`: on one day only.
- `rising`, `falling`, `steady`: beside the day before.
"""

from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from tenants.api.readpath import JSON


class Trend(models.TextChoices):
    NO_DATA = "no_data", _("never scored")
    SINGLE = "single", _("scored on one day")
    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"


class Scored(Func):
    """Latest and previous day of a dimension, and the trend. Means as texts, exact to two places."""

    output_field = JSON
    template = """(
        SELECT json_build_object(
            'trend', CASE WHEN count(*) = 0 THEN 'no_data' WHEN count(*) = 1 THEN 'single'
                     WHEN max(mean) FILTER (WHERE n = 1) > max(mean) FILTER (WHERE n = 2) THEN 'rising'
                     WHEN max(mean) FILTER (WHERE n = 1) < max(mean) FILTER (WHERE n = 2) THEN 'falling'
                     ELSE 'steady' END,
            'latest', (json_agg(day) FILTER (WHERE n = 1)) -> 0,
            'previous', (json_agg(day) FILTER (WHERE n = 2)) -> 0
        ) FROM (
            SELECT row_number() OVER (ORDER BY s.assessed_on DESC) AS n, avg(s.score) AS mean,
                json_build_object('assessed_on', s.assessed_on, 'mean', round(avg(s.score), 2)::text,
                                  'scores', count(*)) AS day
            FROM plans_selfassessment s WHERE s.dimension_id = %(expressions)s
            GROUP BY s.assessed_on ORDER BY s.assessed_on DESC LIMIT 2
        ) days
    )"""
