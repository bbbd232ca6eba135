"""Which language a reader gets, and how a writer says a text in several."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import activate
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework import serializers

from tenants.access.translations import LANGUAGES, merged, translated


# Bounded, because a client may write anything into the header.
@lru_cache(maxsize=1024)
def negotiated(accepted: str, working: str) -> str:
    """The best language of an `Accept-Language` that is known here, else the network's working language.

    `it-IT` is content with `it`; `*`, and a header that is no such header, with the working language.
    """
    for language, weight in parse_accept_lang_header(accepted.lower()[:500]):
        if language == "*":
            return working
        known = next(
            (one for one in (language, language.split("-")[0]) if one in (*LANGUAGES, working)), None
        )
        if known and weight > 0:
            return known
    return working


def speak(language: str) -> None:
    """Sentences to a person are in this language from now on, where there are any in it."""
    activate(language if language in LANGUAGES else settings.LANGUAGE_CODE)


class TranslationsField(serializers.DictField):
    """The prose of a row by language and field. A write names what it changes; null takes away."""

    child = serializers.DictField(child=serializers.CharField(allow_null=True), allow_null=True)
    default_error_messages = {
        "unknown_language": _("Known here: %(names)s."),
        "working_language": _("The texts in the working language are the fields of the row itself."),
        "unknown_field": _("Known here: %(names)s."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """With what the row has already in languages that are not named."""
        changes = self.each(data, self.language)
        return merged(getattr(self.parent.instance, "translations", {}), changes)

    def each(self, data: Any, read: Any) -> dict[str, Any]:
        """All errors at once, each with its place."""
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        found, errors = {}, {}
        for key, value in data.items():
            try:
                found[key] = read(key, value)
            except serializers.ValidationError as error:
                errors[key] = error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return found

    def language(self, language: str, texts: Any) -> dict[str, str] | None:
        if language == working_language(self.context):
            self.fail("working_language")
        if language not in LANGUAGES:
            self.refuse("unknown_language", LANGUAGES)
        return self.each(texts, self.text) if texts is not None else None

    def text(self, name: str, text: Any) -> str:
        """By the rules of the field itself, but that it may be empty."""
        known = translated(self.parent.Meta.model)
        if name not in known:
            self.refuse("unknown_field", known)
        empty = text is None or (isinstance(text, str) and not text.strip())
        return "" if empty else self.parent.fields[name].run_validation(text)

    def refuse(self, code: str, known: tuple[str, ...]) -> None:
        message = self.error_messages[code] % {"names": ", ".join(known)}
        raise serializers.ValidationError(message, code)


def working_language(context: Mapping[str, Any]) -> str:
    """Of the network that is written to; "" where nobody came in, as with a file that is loaded."""
    return context["request"].auth.working_language if "request" in context else ""


def without_echoes(data: dict[str, Any], row: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    """A text that is sent back as it was read in another language does not change the one it translates."""
    language = context["request"].auth.language if "request" in context else ""
    shown = getattr(row, "translations", {}).get(language, {})
    return {name: value for name, value in data.items() if name not in shown or value != shown[name]}
