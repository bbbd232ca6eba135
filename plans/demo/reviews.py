"""What passes between cities in the demo: each city's part is written in its own context."""

from django.utils import timezone

from plans.demo.read import Row
from plans.frozen.canonical import canonical, sha256
from plans.reviews.ask import adopted
from plans.reviews.models import PeerReview, PeerReviewAnswer, PeerReviewRequest
from plans.versions.document import document, for_others
from tenants.access.context import Actor, city_context
from tenants.networks.models import City

ACTOR = Actor(role="command load_demo")


def exchange(rows: list[Row], network: str) -> None:
    """What is there stays as it is."""
    cities = {city.slug: city for city in City.objects.filter(network__slug=network)}
    for row in rows:
        asker, reviewer = cities[row["city"]], cities[row["reviewer"]]
        with city_context(asker.pk, ACTOR):
            if PeerReviewRequest.objects.filter(reviewer=reviewer).exists():
                continue
            request = ask(asker, reviewer, row)
        if "answer" in row:
            with city_context(reviewer.pk, ACTOR):
                answer(request, row)
        if "response" in row:
            with city_context(asker.pk, ACTOR):
                respond(request, row)


def ask(asker: City, reviewer: City, row: Row) -> PeerReviewRequest:
    """Of a version, or of the plan as it is loaded."""
    number = row.get("version")
    whole = adopted(asker.pk, number) if number else document(asker.pk)
    text = canonical(for_others(whole, row["parts"]))
    told = {name: row[name] for name in ("parts", "message", "provenance")}
    return PeerReviewRequest.objects.create(
        reviewer=reviewer, version=number, content=text, sha256=sha256(text), **told
    )


def answer(request: PeerReviewRequest, row: Row) -> None:
    both = {"request": request, "reviewed_id": request.city_id}
    PeerReviewAnswer.objects.create(**both, decision=row["answer"])
    PeerReview.objects.create(
        **both, **row["scores"], provenance=row["provenance"], submitted_at=timezone.now()
    )


def respond(request: PeerReviewRequest, row: Row) -> None:
    request.response, request.responded_at = row["response"], timezone.now()
    request.save(update_fields=["response", "responded_at"])
