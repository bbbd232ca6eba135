"""Files that a city brings in: all of their rows or none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from plans.models import Action, Import, Indicator, Measurement, Objective, Stakeholder
from tenants.access.rights import Role
from tenants.models import Change
from tests.client import Form
from tests.plans.filing import brought, counts, errors, text, told
from tests.plans.workbooks import workbook

PLAN = {
    "objectives": [
        ["code", "title", "level", "parent"],
        ["GE-2", "Visitors stay longer", "specific", "GE-1"],
        ["GE-1", "A harbour for all", "strategic", None],
    ],
    "stakeholders": [["name", "profile"], ["Porto Antico", "private"], ["IgersGenova", "civic"]],
    "actions": [
        ["Code", " title ", "objective", "lead_actor", "key_partners", "starts_on", "guidelines", "yearly_cost", "yearly_cost_currency"],
        ["007", "Photo walk", "GE-2", "IgersGenova", "IgersGenova\nPorto Antico", date(2017, 3, 1), "4, 6", 1500.5, "EUR"],
    ],
    "indicators": [["code", "name", "unit", "action"], ["I-1", "Visitors", "people", "007"]],
    "measurements": [
        ["indicator", "measured_on", "value", "not_measured_reason"],
        ["I-1", date(2017, 6, 30), 0, None],
        ["I-1", date(2017, 12, 31), None, "The counter was broken."],
    ],
}  # fmt: skip


def test_a_workbook_makes_a_plan_whose_rows_refer_to_each_other(officer, genoa):
    row = brought(officer, genoa, workbook(**PLAN))

    assert counts(row) == (8, 0, 0)
    with genoa.inside():
        action = Action.objects.select_related("objective__parent", "lead_actor").get()
        assert (action.code, action.title, action.starts_on) == ("007", "Photo walk", date(2017, 3, 1))
        assert (action.objective.code, action.objective.parent.code) == ("GE-2", "GE-1")
        assert action.lead_actor.name == "IgersGenova"
        assert {p.name for p in action.key_partners.all()} == {"IgersGenova", "Porto Antico"}
        assert (action.guidelines, action.yearly_cost) == ([4, 6], Decimal("1500.50"))
        values = Measurement.objects.order_by("measured_on").values_list("value", "not_measured_reason")
        assert list(values) == [(Decimal(0), ""), (None, "The counter was broken.")]


def test_the_same_file_again_changes_nothing(officer, genoa):
    brought(officer, genoa, workbook(**PLAN))
    with genoa.inside():
        before = Change.objects.count()

    assert counts(brought(officer, genoa, workbook(**PLAN))) == (0, 0, 8)
    with genoa.inside():
        assert Change.objects.count() == before


def test_only_what_differs_is_changed(officer, genoa):
    brought(officer, genoa, workbook(**PLAN))
    change = workbook(actions=[["code", "title", "ends_on"], ["007", "Photo walk", date(2018, 1, 1)]])

    assert counts(brought(officer, genoa, change)) == (0, 1, 0)
    with genoa.inside():
        action = Action.objects.get()
        last = Change.objects.order_by("number").last()
        assert (action.row_version, action.yearly_cost) == (2, Decimal("1500.50"))
        assert last.after == {"ends_on": "2018-01-01"}


def test_the_history_names_the_person_the_role_and_the_reason(officer, genoa):
    url = f"{genoa.url}imports/?reason=From the old spreadsheet"
    form = Form(file=("a.csv", text(["code", "title"], ["A1", "Photo walk"])), thing="actions")
    answer = officer.request("POST", url, form)
    from plans.imports.carry_out import carry_out

    carry_out(genoa.pk, answer.json()["id"])

    with genoa.inside():
        change = Change.objects.get(thing="action")
        assert (change.actor, change.actor_role) == (officer.user.pk, "officer")
        assert change.reason == "From the old spreadsheet"
        assert change.request_id == answer.headers["X-Request-ID"]


def test_a_dry_run_counts_and_keeps_nothing(officer, genoa):
    assert counts(brought(officer, genoa, workbook(**PLAN), dry_run="true")) == (8, 0, 0)
    with genoa.inside():
        assert not Action.objects.exists()
        assert not Change.objects.exists()


@pytest.mark.parametrize("dry_run", ["true", "false"])
def test_one_bad_cell_and_nothing_is_brought_in(officer, genoa, dry_run):
    actions = [["code", "title", "starts_on", "ends_on"], ["A1", "Walk"], ["A2", "Run", date(2018, 1, 1), date(2017, 1, 1)]]  # fmt: skip

    row = brought(officer, genoa, workbook(actions=actions), dry_run=dry_run)

    assert (row["state"], row["problem"], row["errors_found"]) == ("refused", "import_failed", 2)
    found = errors(officer, genoa, row)
    assert {(e["sheet"], e["cell"], e["code"]) for e in found} == {
        ("actions", "C3", "ends_before_start"),
        ("actions", "D3", "ends_before_start"),
    }
    assert found[0]["detail"] == "An action cannot end before it starts."
    with genoa.inside():
        assert not Action.objects.exists()
        assert not Change.objects.exists()


def test_all_errors_are_told_at_once_in_the_codes_of_the_api(officer, genoa):
    with genoa.inside():
        Objective.objects.create(code="O1", title="Fewer cars")
    actions = [
        ["code", "title", "objective", "status", "starts_on", "guidelines", "yearly_cost", "yearly_cost_currency", "lead_actor"],
        ["A1", "", "O1"],
        ["A2", "Walk", "O2"],
        ["A3", "Walk", None, "begun"],
        ["A4", "Walk", None, None, "30/06/2017"],
        ["A5", "Walk", None, None, None, "4, 13"],
        ["A6", "Walk", None, None, None, None, "1.234,50", "EUR"],
        ["A7", "Walk", None, None, None, None, 3],
        ["A7", "Walk again"],
        ["", "Walk"],
        ["A8", "Walk", None, None, None, None, None, None, "Nobody"],
    ]  # fmt: skip

    found = errors(officer, genoa, brought(officer, genoa, workbook(actions=actions)))

    assert sorted(told(found), key=lambda e: (len(e[1]), e[1])) == sorted(
        [
            ("actions", "B2", "required"),
            ("actions", "C3", "does_not_exist"),
            ("actions", "D4", "invalid_choice"),
            ("actions", "E5", "invalid"),
            ("actions", "F6", "max_value"),
            ("actions", "G7", "ambiguous_number"),
            ("actions", "G8", "currency_missing"),
            ("actions", "H8", "currency_missing"),
            ("actions", "A9", "repeated_row"),
            ("actions", "A10", "required"),
            ("actions", "I11", "does_not_exist"),
        ],
        key=lambda e: (len(e[1]), e[1]),
    )


@pytest.mark.parametrize(
    ("mode", "expected"), [("create", ("A1", "already_exists")), ("update", ("A2", "does_not_exist"))]
)
def test_a_mode_only_makes_or_only_changes(officer, genoa, mode, expected):
    with genoa.inside():
        Action.objects.create(code="A1", title="Walk")
    actions = [["code", "title"], ["A1", "Run"], ["A2", "Run"]]

    found = errors(officer, genoa, brought(officer, genoa, workbook(actions=actions), mode=mode))

    row = 2 if expected[0] == "A1" else 3
    assert told(found) == [("actions", f"A{row}", expected[1])]


def test_a_row_is_found_by_its_id_and_may_change_its_code(officer, genoa):
    with genoa.inside():
        key = Action.objects.create(code="A1", title="Walk").pk

    row = brought(officer, genoa, text(["id", "code"], [str(key), "A2"]), thing="actions")

    assert counts(row) == (0, 1, 0)
    with genoa.inside():
        assert Action.objects.get().code == "A2"


def test_the_id_of_another_city_and_an_invented_one_get_the_same_error(officer, genoa, ghent):
    with ghent.inside():
        theirs = Action.objects.create(code="GH-1", title="Theirs").pk
    invented = "01890000-0000-7000-8000-000000000000"

    answers = [
        errors(
            officer,
            genoa,
            brought(officer, genoa, text(["id", "title"], [str(key), "Mine"]), thing="actions"),
        )
        for key in (theirs, invented)
    ]

    assert answers[0] == answers[1]
    assert told(answers[0]) == [("actions", "A2", "does_not_exist")]
    with ghent.inside():
        assert Action.objects.get().title == "Theirs"


def test_a_code_of_another_city_is_not_found_and_may_be_taken(officer, genoa, ghent):
    with ghent.inside():
        Objective.objects.create(code="O1", title="Theirs")
        Stakeholder.objects.create(name="Ghent", profile="public")
    content = text(["code", "title", "objective", "lead_actor"], ["A1", "Walk", "O1", "Ghent"])

    found = errors(officer, genoa, brought(officer, genoa, content, thing="actions"))

    assert told(found) == [("actions", "C2", "does_not_exist"), ("actions", "D2", "does_not_exist")]
    assert counts(brought(officer, genoa, text(["code", "title"], ["O1", "Mine"]), thing="objectives")) == (
        1,
        0,
        0,
    )
    with ghent.inside():
        assert Objective.objects.get().title == "Theirs"


def test_what_is_fixed_is_not_changed_by_a_file_either(officer, genoa):
    with genoa.inside():
        Action.objects.create(code="A1", title="Walk")

    content = text(["code", "status"], ["A1", "completed"])

    assert told(errors(officer, genoa, brought(officer, genoa, content, thing="actions"))) == [
        ("actions", "B2", "fixed")
    ]


def test_a_measurement_brought_twice_is_one(officer, genoa):
    with genoa.inside():
        Indicator.objects.create(code="I1", name="Visitors", unit="people")

    def bring(value: str, comment: str) -> Any:
        content = text(["indicator", "measured_on", "value", "comment"], ["I1", "30.06.2017", value, comment])
        return brought(officer, genoa, content, thing="measurements")

    assert [counts(bring("7", "")), counts(bring("7.0", "")), counts(bring("7", "By hand"))] == [
        (1, 0, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]


def test_a_corrected_measurement_is_not_changed_but_its_correction_is(officer, genoa):
    with genoa.inside():
        indicator = Indicator.objects.create(code="I1", name="Visitors", unit="people")
        old = Measurement.objects.create(indicator=indicator, measured_on="2017-06-30", value=1)
        new = Measurement.objects.create(
            indicator=indicator, measured_on="2017-06-30", value=2, supersedes=old
        )
    by_day = text(["indicator", "measured_on", "comment"], ["I1", "2017-06-30", "Counted again"])
    by_id = text(["id", "comment"], [str(old.pk), "Counted again"])

    assert told(errors(officer, genoa, brought(officer, genoa, by_id, thing="measurements"))) == [
        ("measurements", "A2", "permission_denied")
    ]
    assert counts(brought(officer, genoa, by_day, thing="measurements")) == (0, 1, 0)
    with genoa.inside():
        new.refresh_from_db()
        assert new.comment == "Counted again"


def test_an_empty_cell_takes_a_value_away_and_a_missing_column_does_not(officer, genoa):
    brought(officer, genoa, workbook(**PLAN))
    content = text(["code", "lead_actor", "starts_on", "horizon"], ["007", "", "", ""])

    assert counts(brought(officer, genoa, content, thing="actions")) == (0, 1, 0)
    with genoa.inside():
        action = Action.objects.get()
        assert (action.lead_actor_id, action.starts_on, action.horizon) == (None, None, "medium")
        assert action.title == "Photo walk"


@pytest.mark.parametrize(
    ("content", "cell", "code"),
    [
        (text(["code", "titel"], ["A1", "Walk"]), "B1", "unknown_column"),
        (text(["code", "title", "Code"], ["A1", "Walk", "A1"]), "C1", "repeated_column"),
        (text(["code", "title"], ["A1", "Walk", "beside"]), "C2", "unknown_column"),
        (text(["", ""], ["", ""]), None, "no_heading"),
    ],
)
def test_a_heading_that_is_not_understood(officer, genoa, content, cell, code):
    found = errors(officer, genoa, brought(officer, genoa, content, thing="actions"))

    assert ("actions", cell, code) in told(found)


def test_of_very_many_errors_a_thousand_are_kept_and_all_are_counted(officer, genoa):
    rows = [[f"A{number}", ""] for number in range(1100)]

    row = brought(officer, genoa, text(["code", "title"], *rows), thing="actions")

    assert row["errors_found"] == 1100
    assert len(errors(officer, genoa, row)) == 1000


def test_the_file_comes_back_with_the_bad_cells_marked(officer, genoa):
    import io
    import zipfile

    actions = [["code", "title", "starts_on"], ["A1", "=1+1", date(2017, 1, 1)], ["A2", "Walk", "soon"]]
    row = brought(officer, genoa, workbook(actions=actions))

    response = officer.get(f"{genoa.url}imports/{row['id']}/marked/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="plan-marked.xlsx"'
    from tests.plans.filing import rows_of

    content = response.getvalue()
    assert rows_of(content, "actions") == [
        ["code", "title", "starts_on"],
        ["A1", "=1+1", date(2017, 1, 1)],
        ["A2", "Walk", "soon"],
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"Date has wrong format" in archive.read("xl/comments1.xml")


@pytest.mark.parametrize(("state", "status"), [("waiting", 404), ("running", 404), ("done", 200)])
def test_nothing_is_marked_before_the_file_has_been_read(officer, genoa, state, status):
    file = workbook(actions=[["code", "title"], ["A1", "Photo walk"]])
    row = brought(officer, genoa, file)
    with genoa.inside():
        Import.objects.update(state=state)

    assert officer.get(f"{genoa.url}imports/{row['id']}/marked/").status_code == status


def test_who_has_left_the_city_brings_nothing_in(officer, genoa):
    from tenants.models import Membership
    from tests.plans.filing import asked

    job = asked(officer, genoa, text(["code", "title"], ["A1", "Walk"]), thing="actions")
    Membership.objects.all().delete()
    from plans.imports.carry_out import carry_out

    carry_out(genoa.pk, job.pk)

    with genoa.inside():
        job.refresh_from_db()
        assert (job.state, job.problem) == ("refused", "permission_denied")
        assert not Action.objects.exists()


def test_a_csv_says_what_it_holds(officer, genoa):
    response = officer.request("POST", f"{genoa.url}imports/", Form(file=("a.csv", b"code,title\n")))

    assert response.status_code == 400
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/thing", "required")]


@pytest.mark.parametrize("thing", ["contacts", "nothing", "history", "guideline-assessments"])
def test_what_has_no_name_for_its_rows_is_not_brought_in(officer, genoa, thing):
    form = Form(file=("a.csv", b"name\n"), thing=thing)

    response = officer.request("POST", f"{genoa.url}imports/", form)

    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [("/thing", "invalid_choice")]


def test_the_same_file_and_key_again_is_one_import_although_the_form_is_made_anew(officer, genoa):
    def send(content: bytes, boundary: str) -> Any:
        body = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'
            f"Content-Type: text/csv\r\n\r\n{content.decode()}\r\n"
            f'--{boundary}\r\nContent-Disposition: form-data; name="thing"\r\n\r\nactions\r\n--{boundary}--\r\n'
        )
        return officer.client.generic(
            "POST",
            f"{genoa.url}imports/",
            body.encode(),
            f"multipart/form-data; boundary={boundary}",
            headers={"Idempotency-Key": "k-1"},
        )

    first, again = send(b"code,title\nA1,Walk\n", "one"), send(b"code,title\nA1,Walk\n", "two")
    other = send(b"code,title\nA2,Walk\n", "one")

    assert (first.status_code, again.status_code, other.status_code) == (202, 202, 422)
    assert again.json()["id"] == first.json()["id"]


def test_a_job_that_was_taken_twice_is_done_once(officer, genoa):
    from plans.imports.carry_out import carry_out
    from tests.plans.filing import asked

    job = asked(officer, genoa, text(["code", "title"], ["A1", "Walk"]), thing="actions")
    carry_out(genoa.pk, job.pk)
    carry_out(genoa.pk, job.pk)

    with genoa.inside():
        job.refresh_from_db()
        assert (job.state, job.attempts, Action.objects.count()) == ("done", 1, 1)


def test_a_worker_that_was_taken_for_dead_changes_nothing(officer, genoa):
    from uuid import uuid4

    from plans.imports.carry_out import bring_in
    from plans.imports.models import Import
    from tenants.jobs.lease import SupersededError, taken
    from tests.plans.filing import asked

    job = asked(officer, genoa, text(["code", "title"], ["A1", "Walk"]), thing="actions")
    mine = taken(Import, genoa.pk, job.pk)
    with genoa.inside():
        Import.objects.update(lease_token=uuid4())

    with pytest.raises(SupersededError):
        bring_in(mine)

    with genoa.inside():
        assert not Action.objects.exists()


def test_only_writers_of_the_city_see_its_imports(officer, client_as, genoa, ghent):
    row = brought(officer, genoa, text(["code", "title"], ["A1", "Walk"]), thing="actions")
    theirs = client_as(Role.OFFICER, ghent)

    for tail in ("", "errors/", "marked/"):
        assert theirs.get(f"{genoa.url}imports/{row['id']}/{tail}").status_code == 404
        assert theirs.get(f"{ghent.url}imports/{row['id']}/{tail}").status_code == 404
        assert client_as(Role.VIEWER, genoa).get(f"{genoa.url}imports/{row['id']}/{tail}").status_code == 403
        assert (
            client_as(Role.PROGRAMME_STAFF).get(f"{genoa.url}imports/{row['id']}/{tail}").status_code == 403
        )


def test_what_refers_to_a_row_that_is_refused_is_not_told_as_well(officer, genoa):
    content = workbook(
        objectives=[["code", "title", "parent"], ["O1", "", None], ["O2", "Below it", "O1"]],
        actions=[["code", "title", "objective", "starts_on", "ends_on"], ["A1", "Walk", None, date(2018, 1, 1), date(2017, 1, 1)], ["A2", "Run", "O2"]],
        milestones=[["action", "title", "due_on"], ["A1", "Half way", date(2018, 1, 1)], ["A9", "Never", date(2018, 1, 1)]],
    )  # fmt: skip

    found = errors(officer, genoa, brought(officer, genoa, content))

    assert told(found) == [
        ("objectives", "B2", "required"),
        ("actions", "D2", "ends_before_start"),
        ("actions", "E2", "ends_before_start"),
        ("milestones", "A3", "does_not_exist"),
    ]


def test_what_is_missing_in_a_row_is_told_beside_what_cannot_be_read(officer, genoa):
    content = text(["code", "title", "starts_on"], ["A1", "", "soon"], ["", "Walk", "soon"])

    found = errors(officer, genoa, brought(officer, genoa, content, thing="actions"))

    assert told(found) == [
        ("actions", "B2", "required"),
        ("actions", "C2", "invalid"),
        ("actions", "A3", "required"),
        ("actions", "C3", "invalid"),
    ]


def test_errors_are_told_in_the_language_of_who_asked(officer, genoa):
    form = Form(file=("a.csv", text(["code", "titel"], ["A1", "Walk"])), thing="actions")
    answer = officer.request("POST", f"{genoa.url}imports/", form, Accept_Language="it")
    from plans.imports.carry_out import carry_out

    carry_out(genoa.pk, answer.json()["id"])

    row = officer.get(f"{genoa.url}imports/{answer.json()['id']}/").json()
    assert row["problem_detail"].startswith("Nulla è stato modificato")
    assert "colonna" in errors(officer, genoa, row)[0]["detail"]


def test_an_import_tells_where_its_errors_are_while_they_are_kept(officer, client_as, genoa):
    fine = brought(officer, genoa, text(["code", "title"], ["A1", "Walk"]), thing="actions")
    wrong = brought(officer, genoa, text(["code", "title"], ["A2", ""]), thing="actions")

    assert (fine["errors_url"], fine["marked_url"]) == (None, None)
    assert wrong["errors_url"] == f"{genoa.url}imports/{wrong['id']}/errors/"
    assert wrong["marked_url"] == f"{genoa.url}imports/{wrong['id']}/marked/"
    assert officer.get(wrong["marked_url"]).status_code == 200
    from plans.imports.models import Import

    with genoa.inside():
        Import.objects.update(has_file=False)
    assert officer.get(f"{genoa.url}imports/{wrong['id']}/").json()["errors_url"] is None


def test_many_rows_are_written_at_once_and_the_bad_ones_among_them_told(officer, genoa):
    from plans.imports.carry_out import WRITTEN_AT_ONCE

    number = WRITTEN_AT_ONCE + 3
    heading = ["code", "title", "starts_on", "ends_on"]
    rows = [[f"A{n}", "Walk", "2018-01-01", "2018-02-01"] for n in range(number)]
    bad = [[*row[:3], "2017-01-01"] if n in (1, WRITTEN_AT_ONCE + 1) else row for n, row in enumerate(rows)]

    found = errors(officer, genoa, brought(officer, genoa, text(heading, *bad), thing="actions"))
    row = brought(officer, genoa, text(heading, *rows), thing="actions")

    assert {e["row"] for e in found} == {3, WRITTEN_AT_ONCE + 3}
    assert counts(row) == (number, 0, 0)
    assert (row["rows_done"], row["rows_total"]) == (number, number)
