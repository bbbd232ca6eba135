"""The day, as PostgreSQL knows it: the same for all that one statement says."""

from django.db.models import DateField, Func


class Today(Func):
    template = "CURRENT_DATE"
    arity = 0
    output_field = DateField()
