"""Another figure of a measurement in a file is a correction: nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest

from plans.models import Category, Dimension, Measurement, MeasurementPart
from tenants.models import Change
from tests.client import Form
from tests.plans.filing import brought, counts, errors, exported, rows_of, tables, text, told
from tests.plans.measuring import NOWHERE, PERCENTAGE, SPRING, indicator_in, measurement_in

HEADING = ["indicator", "measured_on", "value", "comment"]


@pytest.fixture
def visitors(genoa: Any) -> Any:
    return indicator_in(genoa, "I1", accumulation="per_period")


@pytest.fixture
def old(genoa: Any, visitors: Any) -> Measurement:
    return measurement_in(
        genoa,
        visitors,
        value=7,
        comment="At the gate.",
        quality="estimated",
        evidence_links=["https://example.org/gate"],
        source="Gate book",
    )


@pytest.fixture
def ages(network: Any) -> dict[str, Category]:
    age = Dimension.objects.create(network=network.row, code="age", name="Age")
    return {
        code: Category.objects.create(network=network.row, dimension=age, code=code, name=code, position=n)
        for n, code in enumerate(("young", "old"))
    }


def bring(officer: Any, genoa: Any, *rows: list[str], **wanted: str) -> dict[str, Any]:
    return brought(officer, genoa, text(*rows), thing="measurements", **wanted)


def all_counts(row: dict[str, Any]) -> tuple[int, int, int, int]:
    """Made, changed, corrected, unchanged."""
    assert row["state"] == "done", row
    return row["made"], row["changed"], row["corrected"], row["unchanged"]


def latest(genoa: Any) -> Measurement:
    with genoa.inside():
        return Measurement.objects.prefetch_related("parts").get(superseded_by=None)


def test_another_value_makes_a_correction_and_the_old_one_stays_readable(officer, genoa, old):
    row = bring(officer, genoa, HEADING, ["I1", "2017-03-31", "8", "A page was missing."])

    assert all_counts(row) == (0, 0, 1, 0)
    new = latest(genoa)
    assert (new.supersedes_id, new.value, new.measured_on) == (old.pk, 8, SPRING)
    with genoa.inside():
        old.refresh_from_db()
        assert (old.value, old.row_version) == (7, 1)


def test_a_correction_keeps_what_has_no_column_and_takes_the_comment_of_the_file(officer, genoa, old):
    bring(officer, genoa, HEADING, ["I1", "2017-03-31", "8", "A page was missing."])

    new = latest(genoa)
    assert (new.comment, new.quality, new.source) == ("A page was missing.", "estimated", "Gate book")
    assert new.evidence_links == ["https://example.org/gate"]


def test_the_history_has_the_correction_with_person_and_reason(officer, genoa, old):
    from plans.imports.carry_out import carry_out

    form = Form(file=("m.csv", text(HEADING[:3], ["I1", "2017-03-31", "8"])), thing="measurements")
    answer = officer.request("POST", f"{genoa.url}imports/?reason=Counted again", form)
    carry_out(genoa.pk, answer.json()["id"])

    with genoa.inside():
        change = Change.objects.filter(thing="measurement").order_by("number").last()
        assert (change.actor, change.reason) == (officer.user.pk, "Counted again")
        assert change.row == latest(genoa).pk


def test_the_same_file_again_corrects_nothing(officer, genoa, old):
    rows = (HEADING, ["I1", "2017-03-31", "8", "A page was missing."])
    bring(officer, genoa, *rows)

    assert all_counts(bring(officer, genoa, *rows)) == (0, 0, 0, 1)


def test_a_dry_run_counts_the_correction_and_keeps_none(officer, genoa, old):
    row = bring(officer, genoa, HEADING[:3], ["I1", "2017-03-31", "8"], dry_run="true")

    assert all_counts(row) == (0, 0, 1, 0)
    assert latest(genoa) == old


def test_an_exported_table_with_another_figure_can_be_brought_in_twice(officer, genoa, old):
    """It names rows by their ids, and has columns that are empty because nothing was superseded."""
    table = tables(exported(officer, genoa, format="csv"))["measurements"]
    assert b",7," in table
    changed = table.replace(b",7,", b",8,")

    first = brought(officer, genoa, changed, thing="measurements")
    again = brought(officer, genoa, changed, thing="measurements")

    assert (all_counts(first), all_counts(again)) == ((0, 0, 1, 0), (0, 0, 0, 1))


def test_a_template_filled_in_anew_can_be_brought_in_twice(officer, genoa, old):
    heading = ["indicator", "measured_on", "value", "not_measured_reason", "supersedes"]
    rows = (heading, ["I1", "2017-03-31", "8", "", ""])

    assert all_counts(bring(officer, genoa, *rows)) == (0, 0, 1, 0)
    assert all_counts(bring(officer, genoa, *rows)) == (0, 0, 0, 1)


def test_what_was_corrected_goes_out_and_comes_in_again_unchanged(officer, genoa, old):
    bring(officer, genoa, HEADING, ["I1", "2017-03-31", "8", ""])

    table = tables(exported(officer, genoa, format="csv"))["measurements"]

    assert all_counts(brought(officer, genoa, table, thing="measurements")) == (0, 0, 0, 2)


def test_what_was_corrected_already_is_not_corrected_by_its_id(officer, genoa, old):
    bring(officer, genoa, HEADING, ["I1", "2017-03-31", "8", ""])

    row = bring(officer, genoa, ["id", "value"], [str(old.pk), "9"])

    (error,) = errors(officer, genoa, row)
    assert (error["cell"], error["code"]) == ("B2", "superseded_already")
    assert error["detail"] == "The measurement has been corrected already; correct the correction."


def test_the_correction_itself_is_corrected_by_the_next_file(officer, genoa, old):
    for value in ("8", "9"):
        bring(officer, genoa, HEADING[:3], ["I1", "2017-03-31", value])

    with genoa.inside():
        assert set(Measurement.objects.values_list("value", flat=True)) == {7, 8, 9}
    assert latest(genoa).value == 9


def test_by_its_id_a_measurement_may_be_moved_to_another_day(officer, genoa, old):
    row = bring(officer, genoa, ["id", "measured_on"], [str(old.pk), "2017-03-30"])

    assert all_counts(row) == (0, 0, 1, 0)
    assert (latest(genoa).measured_on.day, latest(genoa).value) == (30, 7)


def test_a_value_takes_the_place_of_the_reason_why_there_was_none(officer, genoa, visitors):
    measurement_in(genoa, visitors, not_measured_reason="The counter was broken.")

    assert all_counts(bring(officer, genoa, HEADING[:3], ["I1", "2017-03-31", "0"])) == (0, 0, 1, 0)
    assert (latest(genoa).value, latest(genoa).not_measured_reason) == (0, "")


def test_a_value_is_taken_back_with_a_reason_alone(officer, genoa, old):
    rows = (["indicator", "measured_on", "not_measured_reason"], ["I1", "2017-03-31", "Counted twice."])

    assert all_counts(bring(officer, genoa, *rows)) == (0, 0, 1, 0)
    assert (latest(genoa).value, latest(genoa).not_measured_reason) == (None, "Counted twice.")


def test_a_value_that_is_taken_away_without_a_reason_is_an_error_at_its_cell(officer, genoa, old):
    row = bring(officer, genoa, HEADING, ["I1", "2017-03-31", "", "Gone"])

    assert ("measurements", "C2", "one_of_three") in told(errors(officer, genoa, row))
    assert latest(genoa) == old


def test_one_part_of_a_percentage_is_corrected_with_the_other(officer, genoa):
    share = indicator_in(genoa, "I2", **PERCENTAGE)
    measurement_in(genoa, share, numerator=1, denominator=4)

    row = bring(officer, genoa, ["indicator", "measured_on", "numerator"], ["I2", "2017-03-31", "2"])

    assert all_counts(row) == (0, 0, 1, 0)
    assert (latest(genoa).numerator, latest(genoa).denominator) == (2, 4)


def test_what_differs_only_in_how_it_is_written_corrects_nothing(officer, genoa, visitors):
    measurement_in(genoa, visitors, not_measured_reason="Closed.")
    rows = (["indicator", "measured_on", "not_measured_reason"], ["I1", "31.3.2017", "  Closed. "])

    assert all_counts(bring(officer, genoa, *rows)) == (0, 0, 0, 1)


def test_an_indicator_stays_and_a_correction_is_not_made_beside_that_error(officer, genoa, old):
    indicator_in(genoa, "I2")

    row = bring(officer, genoa, ["id", "indicator", "value"], [str(old.pk), "I2", "8"])

    assert told(errors(officer, genoa, row)) == [("measurements", "B2", "fixed")]
    assert latest(genoa) == old


def test_what_it_supersedes_is_not_changed_beside_a_figure(officer, genoa, old):
    row = bring(officer, genoa, ["id", "value", "supersedes"], [str(old.pk), "8", NOWHERE])

    assert told(errors(officer, genoa, row)) == [("measurements", "C2", "fixed")]
    assert latest(genoa) == old


def test_one_bad_cell_and_nothing_is_corrected(officer, genoa, visitors, old):
    rows = [["I1", "2017-03-31", "8", ""], ["I1", "2017-06-30", "many", ""]]

    assert told(errors(officer, genoa, bring(officer, genoa, HEADING, *rows))) == [
        ("measurements", "C3", "invalid")
    ]
    assert latest(genoa) == old


def test_a_file_that_only_makes_rows_corrects_none(officer, genoa, old):
    row = bring(officer, genoa, HEADING[:3], ["I1", "2017-03-31", "8"], mode="create")

    assert told(errors(officer, genoa, row)) == [("measurements", "B2", "already_exists")]


def test_another_citys_measurement_is_not_corrected(officer, genoa, ghent, visitors):
    theirs = measurement_in(ghent, indicator_in(ghent, "I1"), value=7)

    answers = [
        errors(officer, genoa, bring(officer, genoa, ["id", "value"], [str(key), "8"]))
        for key in (theirs.pk, NOWHERE)
    ]

    assert answers[0] == answers[1]
    with ghent.inside():
        assert Measurement.objects.get().value == 7


# ------------------------------------------------------------------------------------ parts


def parts_of(row: Measurement) -> dict[str, Any]:
    return {part.category.code: part.value for part in row.parts.select_related("category")}


def broken_down(genoa: Any, whole: Measurement, **parts: Any) -> None:
    with genoa.inside():
        for code, value in parts.items():
            category = Category.objects.get(code=code)
            MeasurementPart.objects.create(measurement=whole, category=category, value=value)


PARTS = ["indicator", "measured_on", "value", "value:age/young", "value:age/old"]


def test_parts_come_in_columns_of_their_categories(officer, genoa, visitors, ages):
    row = bring(officer, genoa, PARTS, ["I1", "2017-03-31", "10", "4", "6"])

    assert counts(row) == (1, 0, 0)
    with genoa.inside():
        assert parts_of(Measurement.objects.get()) == {"young": 4, "old": 6}
    assert counts(bring(officer, genoa, PARTS, ["I1", "31.3.2017", "10.0", "4,0", "6"])) == (0, 0, 1)


def test_parts_of_a_percentage_have_numerator_and_denominator(officer, genoa, ages):
    indicator_in(genoa, "I2", **PERCENTAGE)
    heading = ["indicator", "measured_on", "numerator", "denominator", "numerator:age/young", "denominator:age/young"]  # fmt: skip

    assert counts(bring(officer, genoa, heading, ["I2", "2017-03-31", "3", "8", "1", "4"])) == (1, 0, 0)
    with genoa.inside():
        part = MeasurementPart.objects.get()
        assert (part.numerator, part.denominator) == (1, 4)


def test_another_part_makes_a_correction_with_all_the_parts(officer, genoa, visitors, ages, old):
    broken_down(genoa, old, young=3, old=4)

    row = bring(officer, genoa, ["indicator", "measured_on", "value:age/young"], ["I1", "2017-03-31", "2"])

    assert all_counts(row) == (0, 0, 1, 0)
    with genoa.inside():
        new = Measurement.objects.get(superseded_by=None)
        assert (new.value, parts_of(new)) == (7, {"young": 2, "old": 4})
        assert parts_of(old) == {"young": 3, "old": 4}


def test_a_correction_of_the_whole_keeps_its_parts_or_says_that_they_do_not_fit(officer, genoa, ages, old):
    broken_down(genoa, old, young=3, old=4)
    heading = ["indicator", "measured_on", "value"]

    found = errors(officer, genoa, bring(officer, genoa, heading, ["I1", "2017-03-31", "5"]))
    row = bring(officer, genoa, heading, ["I1", "2017-03-31", "8"])

    assert [(e["row"], e["code"]) for e in found] == [(2, "parts_do_not_fit")]
    assert all_counts(row) == (0, 0, 1, 0)
    with genoa.inside():
        assert parts_of(Measurement.objects.get(superseded_by=None)) == {"young": 3, "old": 4}


def test_an_emptied_part_is_taken_away_by_a_correction(officer, genoa, ages, old):
    broken_down(genoa, old, young=3, old=4)

    assert all_counts(bring(officer, genoa, PARTS, ["I1", "2017-03-31", "7", "", "4"])) == (0, 0, 1, 0)
    with genoa.inside():
        assert parts_of(Measurement.objects.get(superseded_by=None)) == {"old": 4}


@pytest.mark.parametrize(
    ("cells", "cell", "code"),
    [(["10", "many", "6"], "D2", "invalid"), (["10", "5", "6"], "D2", "parts_do_not_fit")],
)
def test_what_is_wrong_with_a_part_is_told_at_its_cell(officer, genoa, visitors, ages, cells, cell, code):
    row = bring(officer, genoa, PARTS, ["I1", "2017-03-31", *cells])

    assert told(errors(officer, genoa, row)) == [("measurements", cell, code)]


def test_a_category_of_another_network_is_no_column(officer, genoa, other_network, visitors, ages):
    theirs = Dimension.objects.create(network=other_network.row, code="trade", name="Trade")
    Category.objects.create(network=other_network.row, dimension=theirs, code="shop", name="Shop")

    for heading in ("value:trade/shop", "value:trade/invented"):
        row = bring(officer, genoa, [*PARTS[:3], heading], ["I1", "2017-03-31", "10", "4"])
        assert told(errors(officer, genoa, row)) == [("measurements", "D1", "unknown_column")]


def test_parts_go_out_and_come_in_again_unchanged_also_of_a_category_that_is_retired(
    officer, genoa, ages, old
):
    broken_down(genoa, old, young=3)
    Category.objects.update(retired=True)

    book, zipped = exported(officer, genoa), exported(officer, genoa, format="csv")

    heading, first = rows_of(book, "measurements")
    assert first[heading.index("value:age/young")] == 3
    assert "value:age/old" not in heading
    assert counts(brought(officer, genoa, book, dry_run="true"))[:2] == (0, 0)
    assert counts(bring_table(officer, genoa, zipped)) == (0, 0, 1)


def bring_table(officer: Any, genoa: Any, zipped: bytes) -> dict[str, Any]:
    return brought(officer, genoa, tables(zipped)["measurements"], thing="measurements", dry_run="true")
