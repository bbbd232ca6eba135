"""How hashtags and handles are written, so that the same one is written once."""

import re
import unicodedata
from typing import Any

from django.db.models import Func, Lookup, TextField, Value
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

LONGEST_HASHTAG = 101
LONGEST_HANDLE = 100
# Letters, marks, digits and underscores of any script; what is made of digits alone is a number.
HASHTAG = re.compile(r"#(?=\w*[^\W\d_])\w+\Z")
HANDLE = re.compile(r"[\w.-]+\Z")


def as_hashtag(text: str) -> str:
    """`InteractiveGenoa` and `#interactivegenoa` are the same: `#interactivegenoa`."""
    return "#" + unicodedata.normalize("NFKC", text).strip().removeprefix("#").lower()


def as_handle(text: str) -> str:
    """`@GenovaMoreThanThis` and `genovamorethanthis` are the same account."""
    return unicodedata.normalize("NFKC", text).strip().removeprefix("@").lower()


class Hashtag(serializers.CharField):
    """A word that posts are found by, with or without #."""

    default_error_messages = {
        "invalid_hashtag": _("A hashtag is one word of letters, digits and _, with a letter in it.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_HASHTAG, **options)

    def to_internal_value(self, data: Any) -> str:
        written = as_hashtag(super().to_internal_value(data))
        if not HASHTAG.match(written):
            self.fail("invalid_hashtag")
        return written


class Handle(serializers.CharField):
    """The name of an account on its platform, with or without @."""

    default_error_messages = {
        "invalid_handle": _("A handle is one word of letters, digits, dots, hyphens and underscores.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_HANDLE, allow_blank=True, required=False, **options)

    def to_internal_value(self, data: Any) -> str:
        written = as_handle(super().to_internal_value(data))
        if written and not HANDLE.match(written):
            self.fail("invalid_handle")
        return written


class Hashtags(serializers.ListField):
    """Each once, in the order given."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=Hashtag(), max_length=30, required=False, **options)

    def to_internal_value(self, data: Any) -> list[str]:
        return list(dict.fromkeys(super().to_internal_value(data)))


def each_written_as_hashtag(field: str) -> Lookup:
    """What the database keeps of it, in whatever locale it runs: one word each, marked by #."""
    joined = Func(field, Value(" "), function="array_to_string", output_field=TextField())
    return Regex(joined, r"^(#[^\s#]+( #[^\s#]+)*)?$")
