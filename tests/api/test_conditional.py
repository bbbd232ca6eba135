"""ETag, If-Match, If-None-Match: nobody overwrites what he has not seen."""

from __future__ import annotations

import pytest

from plans.models import Action, Milestone
from tenants.access.rights import Role


@pytest.fixture
def action(genoa):
    with genoa.inside():
        return Action.objects.create(code="A1", title="Ambassadors")


@pytest.fixture
def url(genoa, action):
    return f"{genoa.url}actions/{action.pk}/"


def test_a_row_that_is_known_is_not_sent_again(officer, url):
    tag = officer.get(url).headers["ETag"]

    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = officer.get(url, If_None_Match=known)
        assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", tag)
        assert "Content-Length" not in response.headers
    for unknown in ('"other"', tag.strip('"'), "nonsense"):
        assert officer.get(url, If_None_Match=unknown).status_code == 200


def test_a_list_that_is_known_is_not_sent_again_until_something_in_it_changes(officer, genoa, url):
    rows = f"{genoa.url}actions/"
    tag = officer.get(rows).headers["ETag"]
    assert officer.get(rows, If_None_Match=tag).status_code == 304

    officer.patch(url, {"title": "Changed"})

    assert officer.get(rows, If_None_Match=tag).status_code == 200


def test_what_is_shown_with_a_row_changes_its_tag(officer, genoa, action, url):
    """A milestone is a row of its own, and shown in the action."""
    tag = officer.get(url).headers["ETag"]
    with genoa.inside():
        Milestone.objects.create(action=action, title="Permit", due_on="2030-01-01")

    assert officer.get(url, If_None_Match=tag).status_code == 200


def test_two_people_with_different_rights_have_different_tags(officer, client_as, genoa, url):
    """`allowed_actions` differ, so one's cache is not the other's."""
    viewer = client_as(Role.VIEWER, genoa)

    assert viewer.get(url, If_None_Match=officer.get(url).headers["ETag"]).status_code == 200


def test_head_has_the_headers_of_get_and_no_body(officer, url):
    got, head = officer.get(url), officer.request("HEAD", url)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(got.content))


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_without_if_match_is_428_and_changes_nothing(officer, genoa, action, url, method):
    response = officer.request(method, url, {"title": "Changed"})

    assert response.status_code == 428
    assert response.json()["code"] == "precondition_required"
    assert response.json()["errors"][0]["header"] == "If-Match"
    assert officer.get(url).json()["title"] == "Ambassadors"


STALE = ['"0-x"', '"2-x"', '""', "nonsense", "1", '"', "", ",", '"-1"', "W/*", '"1', '*, "9-x"', '"٣"']


@pytest.mark.parametrize("tag", STALE)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_with_another_tag_is_412_and_changes_nothing(officer, url, method, tag):
    response = officer.request(method, url, {"title": "Changed"}, If_Match=tag)

    assert response.status_code == 412
    assert response.json()["code"] == "precondition_failed"
    assert officer.get(url).json()["title"] == "Ambassadors"


def test_a_weak_tag_is_not_enough_to_write(officer, url):
    tag = officer.get(url).headers["ETag"]

    assert officer.request("PATCH", url, {"title": "Changed"}, If_Match=f"W/{tag}").status_code == 412


def test_a_tag_is_in_quotes(officer, url):
    tag = officer.get(url).headers["ETag"]

    bare = f"'{tag[1:-1]}'"
    assert officer.request("PATCH", url, {"title": "Changed"}, If_Match=bare).status_code == 412


@pytest.mark.parametrize("held", ["*", "the same"])
def test_a_write_is_answered_whatever_the_client_holds(officer, url, held):
    tag = officer.get(url).headers["ETag"]

    response = officer.request("PATCH", url, {}, If_Match=tag, If_None_Match=tag if held != "*" else held)

    assert response.status_code == 200
    assert response.json()["id"]


def test_one_of_several_tags_and_a_star_are_enough(officer, url):
    tag = officer.get(url).headers["ETag"]

    assert officer.request("PATCH", url, {"title": "B"}, If_Match=f'"9-x" , {tag}').status_code == 200
    assert officer.request("PATCH", url, {"title": "C"}, If_Match="*").status_code == 200


def test_of_two_who_change_what_both_have_seen_the_second_is_told(officer, client_as, genoa, url):
    colleague = client_as(Role.COORDINATOR, genoa)
    mine, theirs = officer.get(url).headers["ETag"], colleague.get(url).headers["ETag"]

    first = officer.request("PATCH", url, {"title": "Mine"}, If_Match=mine)
    second = colleague.request("PATCH", url, {"title": "Theirs"}, If_Match=theirs)

    assert (first.status_code, second.status_code) == (200, 412)
    assert officer.get(url).json()["title"] == "Mine"


def test_the_answer_to_a_change_carries_the_tag_for_the_next(officer, url):
    tag = officer.get(url).headers["ETag"]
    for title in ("B", "C"):
        response = officer.request("PATCH", url, {"title": title}, If_Match=tag)
        assert response.status_code == 200
        tag = response.headers["ETag"]

    gone = officer.request("DELETE", url, If_Match=tag)
    assert (gone.status_code, "Content-Length" in gone.headers) == (204, False)
    assert officer.get(url).status_code == 404


def test_a_change_that_changes_nothing_keeps_the_version(officer, url):
    before = officer.get(url).json()

    assert officer.patch(url, {"title": before["title"]}).json()["row_version"] == before["row_version"]


def test_a_verb_may_be_bound_to_a_version(officer, url):
    stale = officer.request("POST", f"{url}plan/", If_Match='"9-x"')
    fresh = officer.request("POST", f"{url}plan/", If_Match=officer.get(url).headers["ETag"])

    assert (stale.status_code, fresh.status_code) == (412, 200)


def test_the_tag_of_a_city_does_not_change_with_the_rows_in_it(client_as, network, genoa, officer):
    staff = client_as(Role.PROGRAMME_STAFF)
    tag = staff.get(genoa.url).headers["ETag"]

    officer.post(f"{genoa.url}objectives/", {"code": "O1", "title": "Fewer cars"})

    assert staff.request("PATCH", genoa.url, {"organisation": "Job Centre"}, If_Match=tag).status_code == 200


def test_what_one_may_see_is_kept_by_no_shared_cache(officer, url):
    headers = officer.get(url).headers

    assert "private" in headers["Cache-Control"]
    assert "Authorization" in headers["Vary"]
