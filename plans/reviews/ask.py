"""A city asks another for a review: what it shares is frozen with the question."""

import json
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as InvalidBody

from plans.frozen.canonical import canonical, sha256
from plans.iap.models import Plan
from plans.reviews.models import PeerReviewRequest
from plans.versions.document import Content, document, for_others
from plans.versions.models import PlanVersion


def ask(city: UUID, *, parts: list[str], version: int | None = None, **given: Any) -> PeerReviewRequest:
    """`given`: the reviewer, and a message. 409 while the plan is not open for reviews."""
    if PeerReviewRequest.objects.filter(city=city, reviewer=given["reviewer"]).unanswered().exists():
        raise ValidationError(
            _("This city has not answered the last request yet; withdraw that one first."), "asked_already"
        )
    content = canonical(for_others(adopted(city, version) if version else under_review(city), parts))
    return PeerReviewRequest.objects.create(
        city_id=city, parts=parts, version=version, content=content, sha256=sha256(content), **given
    )


def adopted(city: UUID, number: int) -> Content:
    version = PlanVersion.objects.filter(city=city, number=number).first()
    if version is None:
        unknown = ErrorDetail(_("There is no version with this number."), "does_not_exist")
        raise InvalidBody({"version": [unknown]})
    return json.loads(version.content)


def under_review(city: UUID) -> Content:
    if not Plan.objects.filter(city=city, status=Plan.Status.PEER_REVIEW).exists():
        raise ValidationError(
            _("Open the peer review of the plan first, or share a version that was adopted."),
            "not_in_peer_review",
        )
    return document(city)
