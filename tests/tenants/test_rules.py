"""Rules that models declare, each broken once by a row that is right but for that."""

import json
from datetime import date

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from psycopg import errors

from plans.models import CalendarFeed, Objective
from tenants.access.between import BetweenCities, SameTwoCities, between
from tenants.access.keys import uuid7
from tenants.access.rights import Role
from tenants.access.translations import Translations
from tenants.access.walls import SameNetwork
from tenants.models import Change, City, Membership, Token, User
from tests.conftest import make_city, make_person
from tests.rows import WITH, make, value
from tests.tenants.conftest import raw
from tests.tenants.test_walls import INVENTED, told

pytestmark = pytest.mark.django_db

RULES = {rule.name: (model, rule) for model in apps.get_models() for rule in model._meta.constraints}


def rules_of(kind, known, suffix="", *, besides=()):
    """Those known, so that none goes unnoticed, and what has come since."""
    found = {n for n, (model, rule) in RULES.items() if type(rule) is kind and model is not Change}
    names = {f"{name}{suffix}" for name in known.split()} | found - set(besides)
    return pytest.mark.parametrize("name", sorted(names))


def refused(place, row, **columns):
    """The rule that keeps out a second such row, which is another in these columns."""
    table = row._meta.db_table
    with told(place):
        (same,) = raw(f"SELECT to_jsonb(t)::text FROM {table} t WHERE id = %s", row.pk).fetchone()
        changed = json.dumps(json.loads(same) | {"id": uuid7()} | columns, default=str)
        with pytest.raises(errors.IntegrityError) as error, transaction.atomic():
            raw(f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*", changed)
    return error.value.diag.constraint_name


# What a rule with a condition asks for, and what keeps the second row from another rule.
ASKED = {"channel_handle": {"handle": "genova"}}
BESIDES = {"summary_one_at_work": {"revision": 2}}


@rules_of(
    models.UniqueConstraint,
    """
    action_code action_partner_once adoption_answer_once adoption_asked_once adoption_of_action
    assessment_action_once assessment_indicator_once assessment_once attendance_once
    campaign_ambassador_once campaign_channel_once campaign_title category_code channel_handle
    channel_indicator_once channel_name city_reply_key city_slug common_indicator_code dependency_once
    dimension_code export_part_number figures_once group_dimension_name guideline_number import_file_once
    indicator_code network_slug objective_code part_once peer_consent_once period_code plan_of_city
    plan_version_number practice_title reply_key review_answer_once review_once seat_holder_once
    self_assessment_once_a_day small_scale_action_grown_once stakeholder_assessed_once_a_day
    stakeholder_name summary_one_at_work summary_piece_once summary_revision target_once_a_day theme_slug
    """,
    besides=("city_one_lead_partner", "measurement_superseded_once", "membership_once"),
)
def test_what_may_be_there_once_is_not_there_twice(genoa, name):
    model, rule = RULES[name]
    fields = [model._meta.get_field(field) for field in rule.fields if field != "city"]
    with genoa.inside():
        first = there(fields, genoa.row) | ASKED.get(name, {})
        row = make(model, genoa.row, **first)
        same = {field.name: getattr(row, field.name) for field in fields}
        with pytest.raises(IntegrityError) as error, transaction.atomic():
            make(model, genoa.row, **first | BESIDES.get(name, {}) | same)

    assert error.value.__cause__.diag.constraint_name == name


def there(fields, city):
    """Of what may be missing, and is never the same where it is: something, and what comes with it."""
    given = {field.name: value(field, city) for field in fields if field.null}
    return given | {key: more for name in given for key, more in WITH.get(name, {}).items()}


def test_a_network_has_one_lead_partner(genoa, ghent):
    assert refused(genoa, ghent.row, slug="another", role="lead_partner") == "city_one_lead_partner"


def test_a_person_has_a_role_once_and_only_at_its_level(genoa):
    make_person(Role.OFFICER, genoa)
    role = Membership.objects.get()

    assert refused(genoa, role) == "membership_once"
    assert refused(genoa, role, role="auditor") == "membership_place_fits_role"
    assert refused(genoa, role, country="IT") == "membership_place_fits_role"


@rules_of(
    Translations,
    """
    action adoption campaign category channel commonindicator dimension funding goodpractice guideline
    indicator milestone objective plan risk smallscaleaction theme transnationalmeeting
    """,
    "_translations_fit",
)
def test_a_text_in_another_language_is_of_prose_and_of_a_language_that_is_spoken(genoa, name):
    model, rule = RULES[name]
    prose = rule.fields[0]
    with genoa.inside():
        row = make(model, genoa.row, translations={"it": {prose: "Un testo"}})

    assert refused(genoa, row, translations={"it": {"id": "Un testo"}}) == name
    assert refused(genoa, row, translations={"xx": {prose: "Un testo"}}) == name


@rules_of(
    SameNetwork,
    """
    adoption_offering adoptionanswer_asking category_dimension city_theme goodpractice_theme
    guidelineassessment_guideline guidelineassessment_period indicator_common_indicator
    measurementpart_category peerreview_reviewed peerreviewanswer_reviewed peerreviewrequest_reviewer
    summary_period transnationalmeeting_host
    """,
    "_same_network",
)
def test_a_row_of_another_network_is_refused_like_an_invented_one(genoa, other_ghent, name):
    model, rule = RULES[name]
    field = model._meta.get_field(rule.field)
    elsewhere = other_ghent.row if field.related_model is City else make(field.related_model, other_ghent.row)
    with genoa.inside():
        row = make(model, genoa.row)

    assert refused(genoa, row, **{field.column: elsewhere.pk}) == name
    assert refused(genoa, row, **{field.column: INVENTED}) == name


@rules_of(BetweenCities, "adoption adoptionanswer peerreview peerreviewanswer peerreviewrequest", "_between")
def test_no_row_stands_between_a_city_and_itself(genoa, name):
    model, rule = RULES[name]
    with genoa.inside():
        row = make(model, genoa.row)

    assert refused(genoa, row, **{f"{rule.other}_id": genoa.pk}) == name


@rules_of(
    SameTwoCities,
    "adoptionanswer_adoption peerreview_request peerreviewanswer_request",
    "_same_two_cities",
)
def test_nobody_answers_what_was_asked_of_another_city(network, genoa, ghent, name):
    model, rule = RULES[name]
    paris, field = make_city(network, "paris", "FR"), model._meta.get_field(rule.field)
    with genoa.inside():
        question = make(field.related_model, genoa.row, **{between(field.related_model).other: ghent.row})
    with paris.inside():
        row = make(model, paris.row)
    to_genoa = {f"{between(model).other}_id": genoa.pk}

    assert refused(paris, row, **to_genoa, **{field.column: question.pk}) == name
    assert refused(paris, row, **to_genoa, **{field.column: INVENTED}) == name


@pytest.mark.parametrize(("model", "name"), [(User, "email"), (Token, "digest"), (CalendarFeed, "digest")])
def test_who_comes_in_by_it_is_one_person(genoa, model, name):
    make_person(Role.OFFICER, genoa)
    row = model.objects.first() or make(model, genoa.row)

    assert refused(genoa, row) == f"{model._meta.db_table}_{name}_key"


LONG_AGO = date(2000, 1, 1)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("action_guidelines_exist", {"guidelines": [13]}),
        ("action_override_has_reason", {"condition_override": "late"}),
        ("action_primary_guideline_is_one", {"guidelines": [1, 2], "primary_guideline": 3}),
        ("assessment_step_exists", {"step": 7}),
        ("channel_handle_is_one_word", {"handle": "two words"}),
        ("meeting_ends_after_start", {"ends_on": LONG_AGO}),
        ("network_ends_after_start", {"ends_on": LONG_AGO}),
        ("objective_parent_of_specific", {"level": "strategic", "parent_id": INVENTED}),
        ("period_due_after_end", {"due_on": LONG_AGO}),
        ("period_ends_after_start", {"ends_on": LONG_AGO, "due_on": LONG_AGO}),
        ("plan_horizon_ends_after_start", {"horizon_starts": 2020, "horizon_ends": 2019}),
        ("practice_guidelines_exist", {"guidelines": [0]}),
        ("small_scale_action_guidelines_exist", {"guidelines": [1, 13]}),
        ("summary_published_has_content", {"state": "published", "revision": 2}),
    ],
)
def test_what_does_not_fit_together_is_not_kept(genoa, name, columns):
    model, _ = RULES[name]
    with genoa.inside():
        row = make(model, genoa.row)

    assert refused(genoa, row, **columns) == name


def test_an_objective_is_not_part_of_itself(genoa):
    with genoa.inside():
        row = make(Objective, genoa.row)

    itself = uuid7()
    assert refused(genoa, row, id=itself, parent_id=itself) == "objective_not_its_own_parent"
