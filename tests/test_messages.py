"""Sentences to a person: marked in the code, and there in Italian."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from plans.models import Plan, Risk
from tenants.access.rights import Role
from tests.rows import make

PROJECT = Path(__file__).parents[1]
CATALOGUE = PROJECT / "backend" / "locale" / "it" / "LC_MESSAGES" / "django"
CODE = [
    path
    for package in ("backend", "plans", "tenants")
    for path in sorted((PROJECT / package).rglob("*.py"))
    if not {"migrations", "embedded", "demo", "management"} & set(path.parts)
]
# Where the sentence stands among the arguments of what says no.
SAYS_NO = {
    "ErrorDetail": 0,
    "Refused": 2,
    "ValidationError": 0,
    "bad_header": 3,
    "bad_parameter": 2,
    "plain": 3,
}


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


def name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def marked() -> set[str]:
    found = set()
    for path in CODE:
        for call in calls(path):
            if name(call) in ("_", "gettext", "gettext_lazy") and isinstance(call.args[0], ast.Constant):
                found.add(call.args[0].value)
    return found


def written() -> dict[str, str]:
    """Every text and its translation, of the file that people edit."""
    pairs = re.findall(
        r'^msgid (".*")\nmsgstr (".*")$', CATALOGUE.with_suffix(".po").read_text(), re.MULTILINE
    )
    return {ast.literal_eval(text): ast.literal_eval(translation) for text, translation in pairs[1:]}


def test_every_sentence_that_is_marked_has_its_italian():
    assert sorted(marked() - set(written())) == []


def test_no_sentence_says_no_without_being_marked():
    unmarked = [
        f"{path.relative_to(PROJECT)}:{call.lineno}"
        for path in CODE
        for call in calls(path)
        for place in [SAYS_NO.get(name(call))]
        if place is not None and len(call.args) > place
        if isinstance(call.args[place], ast.JoinedStr | ast.Constant)
    ]

    assert unmarked == []


def test_a_translation_takes_the_same_values():
    holes = re.compile(r"%\(\w+\)[sd]")
    for text, italian in written().items():
        assert sorted(holes.findall(text)) == sorted(holes.findall(italian)), text


def test_the_compiled_catalogue_is_the_written_one():
    """A checkout without gettext runs with it; `msgfmt` makes it."""
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)

    assert {text: compiled.gettext(text) for text in written()} == written()


def shown_by_their_label() -> set[str]:
    """Fields whose label, not their value, stands in a sentence."""
    names = {name(call) for path in CODE for call in calls(path)}
    return {found[1] for found in (re.fullmatch(r"get_(\w+)_display", one) for one in names) if found}


def test_the_label_of_a_status_that_is_said_to_a_person_has_its_italian():
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.name in shown_by_their_label() and field.choices and model._meta.app_label == "plans"
    ]
    assert shown_by_their_label() == {"status"}
    with translation.override("en"):
        said = {str(label) for field in fields for _, label in field.choices}
    assert {"Proposed", "in peer review", "open"} <= said
    assert sorted(said - set(written())) == []


@pytest.mark.django_db
@pytest.mark.parametrize("status", Plan.Status.values)
def test_an_italian_reads_in_italian_in_which_status_a_plan_is(client_as, genoa, status):
    coordinator = client_as(Role.COORDINATOR, genoa)
    with genoa.inside():
        Plan.objects.create(title="Piano", status=status, adopted_on="2018-03-28")
    with translation.override("en"):
        label = written()[str(Plan.Status(status).label)]
    step = next(name for name, step in Plan.STEPS.items() if status not in step.origins)

    body = {"reason": "Perché sì."} if step != "adopt" else {"adopted_on": "2018-03-28"}
    refused = coordinator.post(f"{genoa.url}plan/{step.replace('_', '-')}/", body, Accept_Language="it")

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_status")
    assert f"«{label}»" in refused.json()["detail"]


@pytest.mark.django_db
def test_an_italian_reads_in_italian_in_which_status_a_risk_is(officer, genoa):
    with genoa.inside():
        risk = make(Risk, genoa.row)

    refused = officer.post(f"{genoa.url}risks/{risk.pk}/reopen/", Accept_Language="it")

    assert refused.json()["detail"] == "Un rischio nello stato «aperto» non può farlo."


@pytest.mark.django_db
def test_an_italian_reads_why_in_italian(officer, genoa):
    italian = {"Accept_Language": "it-IT,it;q=0.9"}
    row = officer.post(f"{genoa.url}actions/", {"code": "A1", "title": "x"}).json()

    wrong = officer.post(f"{genoa.url}actions/", {"code": "A1", "title": "x"}, **italian)
    early = officer.post(f"{genoa.url}actions/{row['id']}/complete/", **italian)
    field = officer.post(f"{genoa.url}actions/", {"titel": "x"}, **italian)
    query = officer.get(f"{genoa.url}actions/?titel=x", **italian)

    assert wrong.json()["errors"][0]["detail"] == "La città ha già un'azione con questo codice."
    assert (early.json()["code"], early.json()["detail"]) == (
        "wrong_status",
        "Un'azione nello stato «proposta» non può farlo.",
    )
    assert "Non esiste un tale campo." in [e["detail"] for e in field.json()["errors"]]
    assert query.json()["detail"] == "Il parametro titel non può essere usato."
    assert {answer.headers["Content-Language"] for answer in (wrong, early, field, query)} == {"it"}


@pytest.mark.django_db
def test_in_a_network_that_works_in_italian_nobody_needs_to_ask_for_it(officer, genoa, network):
    network.row.working_language = "it"
    network.row.save()

    refused = officer.get(f"{genoa.url}actions/?titel=x")

    assert refused.json()["detail"] == "Il parametro titel non può essere usato."
    assert refused.headers["Content-Language"] == "it"
