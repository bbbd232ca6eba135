"""Channels and campaigns: names that are written once, and what they refer to."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from plans.models import Action, Campaign, Channel, Indicator, Measurement, Stakeholder
from tenants.access.rights import Role


@pytest.fixture
def channels(genoa):
    return f"{genoa.url}channels/"


@pytest.fixture
def campaigns(genoa):
    return f"{genoa.url}campaigns/"


INSTAGRAM = {"platform": "instagram", "name": "The city in pictures", "handle": "@GenovaMoreThanThis"}


def told(response):
    return response.status_code, [(e["pointer"], e["code"]) for e in response.json().get("errors", [])]


@pytest.mark.parametrize("written", ["GenovaMoreThanThis", "@genovamorethanthis", " @GENOVAMORETHANTHIS "])
def test_a_handle_is_kept_in_one_way_however_it_is_written(officer, channels, written):
    row = officer.post(channels, INSTAGRAM | {"handle": written}).json()

    assert row["handle"] == "genovamorethanthis"
    assert [r["id"] for r in officer.rows(f"{channels}?handle=@GenovaMoreThanThis")] == [row["id"]]


def test_the_same_handle_is_another_one_on_another_platform_only(officer, channels):
    officer.post(channels, INSTAGRAM)

    again = officer.post(channels, INSTAGRAM | {"name": "Once more", "handle": "genovamorethanthis"})
    elsewhere = officer.post(channels, INSTAGRAM | {"platform": "twitter"})

    assert told(again) == (400, [("/platform", "already_exists"), ("/handle", "already_exists")])
    assert elsewhere.status_code == 201


def test_channels_without_a_handle_do_not_stand_in_each_others_way(officer, channels):
    answers = [
        officer.post(channels, {"platform": "newsletter", "name": name}).status_code
        for name in ("One", "Two")
    ]

    assert answers == [201, 201]


@pytest.mark.parametrize("wrong", ["two words", "a/b", "@", "@@twice", "#tag", "a@b"])
def test_a_handle_is_one_word(officer, channels, wrong):
    response = officer.post(channels, INSTAGRAM | {"handle": wrong})

    if wrong == "@":
        assert response.json()["handle"] == ""
    else:
        assert told(response) == (400, [("/handle", "invalid_handle")])


def test_a_channel_does_not_close_before_it_opens(officer, channels):
    response = officer.post(channels, INSTAGRAM | {"opened_on": "2017-05-02", "closed_on": "2017-05-01"})

    assert told(response) == (400, [("/closed_on", "ends_before_start"), ("/opened_on", "ends_before_start")])


@pytest.mark.parametrize(
    ("day", "found"), [("2017-04-30", []), ("2017-05-01", ["B"]), ("2017-05-31", ["B"]), ("2017-06-01", [])]
)
def test_channels_are_found_by_a_day_on_which_they_were_open(officer, genoa, channels, day, found):
    with genoa.inside():
        Channel.objects.create(
            platform="blog", name="B", opened_on=date(2017, 5, 1), closed_on=date(2017, 6, 1)
        )

    assert [row["name"] for row in officer.rows(f"{channels}?open_on={day}")] == found


def test_a_channel_shows_how_its_figures_stand(officer, genoa, channels):
    with genoa.inside():
        indicator = Indicator.objects.create(
            code="I1", name="Followers", unit="followers", baseline_value=Decimal(0)
        )
        Measurement.objects.create(indicator=indicator, measured_on=date(2017, 3, 1), value=Decimal(7350))
    url = officer.post(channels, INSTAGRAM | {"indicators": [str(indicator.pk)]}).headers["Location"]

    row = officer.get(f"{url}?expand=indicators").json()

    assert row["indicators"] == [str(indicator.pk)]
    (figure,) = row["expanded"]["indicators"]
    assert (figure["code"], figure["standing"]["value"]["value"]) == ("I1", "7350")
    assert figure["standing"] == officer.get(f"{genoa.url}indicators/{indicator.pk}/").json()["standing"]


def test_hashtags_are_kept_in_one_way_and_once(officer, campaigns):
    written = ["#GenovaMoreThanThis", "genovamorethanthis", " InteractiveGenoa", "#città_2018", "#ﬁne"]

    row = officer.post(campaigns, {"title": "Genova fa parte di te", "hashtags": written}).json()

    assert row["hashtags"] == ["#genovamorethanthis", "#interactivegenoa", "#città_2018", "#fine"]
    for asked in ("GENOVAMORETHANTHIS", "%23Citt%C3%A0_2018"):
        assert [r["id"] for r in officer.rows(f"{campaigns}?hashtag={asked}")] == [row["id"]]
    assert officer.rows(f"{campaigns}?hashtag=genova") == []


@pytest.mark.parametrize("wrong", ["", "#", "two words", "##twice", "2018", "with-hyphen", "#a#b", "x" * 102])
def test_a_hashtag_is_one_word_with_a_letter_in_it(officer, campaigns, wrong):
    response = officer.post(campaigns, {"title": "T", "hashtags": ["#fine", wrong]})

    assert response.status_code == 400
    assert [e["pointer"] for e in response.json()["errors"]] == ["/hashtags/1"]
    assert officer.rows(campaigns) == []


@pytest.mark.parametrize("wrong", [["fine"], ["#two words"], ["#a", ""], ["#a#b"]])
def test_the_database_takes_no_other_form_of_a_hashtag(genoa, wrong):
    with (
        genoa.inside(),
        pytest.raises(IntegrityError, match="campaign_hashtags_written"),
        transaction.atomic(),
    ):
        Campaign.objects.create(title="T", hashtags=wrong)


def test_a_campaign_serves_an_action_on_channels_with_ambassadors(officer, genoa, campaigns):
    with genoa.inside():
        action = Action.objects.create(code="A1", title="Posters")
        channel = Channel.objects.create(platform="facebook", name="F")
        friend = Stakeholder.objects.create(name="Igers", profile="civic")
    body = {
        "title": "T",
        "action": str(action.pk),
        "channels": [str(channel.pk)],
        "ambassadors": [str(friend.pk)],
    }

    response = officer.post(campaigns, body)

    row = officer.get(f"{response.headers['Location']}?expand=action,channels,ambassadors").json()
    assert row | body == row
    assert row["expanded"]["action"]["code"] == "A1"
    assert [c["name"] for c in row["expanded"]["channels"]] == ["F"]
    assert [s["name"] for s in row["expanded"]["ambassadors"]] == ["Igers"]
    for asked in (f"action={action.pk}", f"channel={channel.pk}", f"ambassador={friend.pk}"):
        assert [r["id"] for r in officer.rows(f"{campaigns}?{asked}")] == [row["id"]]


def test_a_channel_or_an_ambassador_of_a_campaign_is_not_deleted_under_it(officer, genoa, campaigns):
    with genoa.inside():
        channel = Channel.objects.create(platform="facebook", name="F")
        friend = Stakeholder.objects.create(name="Igers", profile="civic")
    officer.post(campaigns, {"title": "T", "channels": [str(channel.pk)], "ambassadors": [str(friend.pk)]})

    for url in (f"{genoa.url}channels/{channel.pk}/", f"{genoa.url}stakeholders/{friend.pk}/"):
        response = officer.delete(url)
        assert (response.status_code, response.json()["code"]) == (409, "in_use")


@pytest.mark.parametrize(
    ("day", "found"), [("2017-09-30", []), ("2017-10-01", ["T"]), ("2017-11-15", ["T"]), ("2017-11-16", [])]
)
def test_campaigns_are_found_by_a_day_on_which_they_ran(officer, genoa, campaigns, day, found):
    with genoa.inside():
        Campaign.objects.create(title="T", starts_on=date(2017, 10, 1), ends_on=date(2017, 11, 15))
        Campaign.objects.create(title="Without dates")

    assert [row["title"] for row in officer.rows(f"{campaigns}?running_on={day}")] == found


def test_a_campaign_does_not_end_before_it_starts(officer, campaigns):
    response = officer.post(campaigns, {"title": "T", "starts_on": "2017-05-02", "ends_on": "2017-05-01"})

    assert told(response) == (400, [("/ends_on", "ends_before_start"), ("/starts_on", "ends_before_start")])


def test_another_city_finds_no_campaign_by_its_hashtag(officer, client_as, ghent, campaigns):
    officer.post(campaigns, {"title": "T", "hashtags": ["#genovamorethanthis"]})
    stranger = client_as(Role.OFFICER, ghent)

    assert stranger.rows(f"{ghent.url}campaigns/?hashtag=genovamorethanthis") == []
    assert stranger.get(campaigns).status_code == 404
