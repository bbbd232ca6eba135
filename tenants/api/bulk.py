"""Many rows in one request: a result for each, all or nothing unless asked otherwise."""

from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import TextChoices
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers

from tenants.api import conditional, readpath
from tenants.api.problems import body, translated
from tenants.api.refusals import Refused
from tenants.api.serializers import BodySerializer

MAX_ITEMS = 200


class BulkMode(TextChoices):
    ALL_OR_NOTHING = "all_or_nothing"
    EACH = "each"


class BulkMethod(TextChoices):
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"


class BulkItem(BodySerializer):
    """One row to make, change or delete."""

    method = serializers.ChoiceField(choices=BulkMethod.choices)
    id = serializers.UUIDField(required=False, help_text="Of the row to change or delete.")
    row_version = serializers.IntegerField(required=False, help_text="Takes the place of If-Match.")
    data = serializers.DictField(required=False, help_text="As in a single request.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        made = attrs["method"] == BulkMethod.CREATE
        needed = {"data"} if made else {"id", "row_version"}
        if attrs["method"] == BulkMethod.CHANGE:
            needed.add("data")
        missing = sorted(needed - set(attrs))
        if missing:
            raise serializers.ValidationError(
                {name: serializers.ErrorDetail(NEEDED, "required") for name in missing}
            )
        return attrs


NEEDED = _("This field is required.")


class BulkRequest(BodySerializer):
    """Rows to make, change or delete."""

    mode = serializers.ChoiceField(choices=BulkMode.choices, default=BulkMode.ALL_OR_NOTHING)
    items = BulkItem(many=True, min_length=1, max_length=MAX_ITEMS)


class BulkResult(serializers.Serializer):
    """What became of one item: the row, or the problem."""

    index = serializers.IntegerField()
    status = serializers.IntegerField(help_text="The status a single request would have had.")
    row = serializers.DictField(allow_null=True)
    problem = serializers.DictField(allow_null=True)


class BulkAnswer(serializers.Serializer):
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    results = BulkResult(many=True)


class Outcome(NamedTuple):
    """The key of the row that is there now, or the problem."""

    status: int
    key: Any = None
    problem: dict[str, Any] | None = None


def carried_out(view: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """Tries every item behind a savepoint of its own, so that all errors are told at once."""
    tried = [attempt(view, item) for item in wanted["items"]]
    rows = readpath.several(view.projection(), [one.key for one in tried if one.key is not None])
    outcomes = found_again(view, wanted["items"], tried, rows)
    problems = [(i, one.problem) for i, one in enumerate(outcomes) if one.problem is not None]
    if problems and wanted["mode"] == BulkMode.ALL_OR_NOTHING:
        raise Refused(
            400,
            "bulk_failed",
            _("Nothing was changed: not every item can be done."),
            errors=pointed(problems),
        )
    results = [
        {"index": i, "status": one.status, "row": rows.get(str(one.key)), "problem": one.problem}
        for i, one in enumerate(outcomes)
    ]
    return {"done": len(outcomes) - len(problems), "failed": len(problems), "results": results}


def attempt(view: Any, item: dict[str, Any]) -> Outcome:
    try:
        with transaction.atomic():
            return done(view, item)
    except Exception as error:
        known = translated(error, deleting=item["method"] == BulkMethod.DELETE)
        if known is None:
            raise
        return failed(view, known)


def failed(view: Any, error: exceptions.APIException) -> Outcome:
    return Outcome(error.status_code, problem=body(error, view.request))


def done(view: Any, item: dict[str, Any]) -> Outcome:
    if item["method"] == BulkMethod.CREATE:
        return Outcome(201, view.made(item["data"]).pk)
    row = view.rows().filter(id=item["id"]).first()
    if row is None:
        raise Http404
    conditional.require_version(item["row_version"], row.row_version)
    if item["method"] == BulkMethod.DELETE:
        view.deleted(row)
        return Outcome(204)
    view.changed(row, item["data"])
    return Outcome(200, row.pk)


def found_again(
    view: Any, items: list[dict[str, Any]], outcomes: list[Outcome], rows: dict[str, Any]
) -> list[Outcome]:
    """A row that others deleted between its being read and its being changed was not changed."""
    deleted = {item["id"] for item, one in zip(items, outcomes, strict=True) if one.status == 204}
    return [
        failed(view, exceptions.NotFound())
        if one.status == 200 and one.key not in deleted and rows[str(one.key)] is None
        else one
        for one in outcomes
    ]


def pointed(problems: list[tuple[int, dict[str, Any]]]) -> list[dict[str, str]]:
    """Every problem at its place in the body."""
    found = []
    for index, problem in problems:
        at = f"/items/{index}"
        inner = problem.get("errors") or [{"code": problem["code"], "detail": problem["detail"]}]
        found += [{**e, "pointer": f"{at}/data{e['pointer']}" if e.get("pointer") else at} for e in inner]
    return found
