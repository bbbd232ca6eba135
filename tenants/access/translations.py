"""Prose in several languages: plain columns in the network's working language, `translations` in others."""

import json
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.access.walls import OfFields

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)

# By language and field: {"it": {"title": "Un titolo"}}.
Texts = dict[str, dict[str, str]]


class Translations(OfFields):
    """Which columns are prose. Only known languages occur, only these fields, and no text is empty or
    longer than its field takes."""

    suffix = "translations_fit"
    violation_error_code = "translations_unfit"
    default_violation_error_message = _("A translation names its language and field, and fits the field.")

    options = ("languages",)
    languages = LANGUAGES

    def made(self, model: type[models.Model], table: str) -> str:
        lengths = {name: model._meta.get_field(name).max_length for name in self.fields}  # type: ignore[union-attr]
        known = f"'{{{','.join(self.languages)}}}', '{json.dumps(lengths)}'"
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} "
            f"CHECK (translations = '{{}}' OR tenants_translations_fit(translations, {known}))"
        )

    def dropped(self, table: str) -> str:
        return f"ALTER TABLE {table} DROP CONSTRAINT {self.name}"


class Translated(models.Model):
    """A row whose prose may be kept in several languages. `Translations` among its constraints says which."""

    translations = models.JSONField(
        blank=True,
        default=dict,
        db_default={},
        help_text="The prose in other languages than the network's working language, by language and field.",
    )

    class Meta:
        abstract = True

    def text(self, name: str, language: str) -> str:
        """In this language; where it has none, as it stands in the working language."""
        return self.translations.get(language, {}).get(name) or getattr(self, name)


@cache
def translated(model: type[models.Model]) -> tuple[str, ...]:
    """The fields of the model that are prose."""
    return next((c.fields for c in model._meta.constraints if isinstance(c, Translations)), ())


def merged(before: Texts, changes: Mapping[str, Mapping[str, str] | None]) -> Texts:
    """What is not named stays; an empty text, or None for a language, is taken away."""
    after = dict(before)
    for language, texts in changes.items():
        kept = after.pop(language, {})
        left = {} if texts is None else {name: text for name, text in {**kept, **texts}.items() if text}
        if left:
            after[language] = left
    return after


def renamed(texts: Texts, names: Mapping[str, str]) -> Texts:
    """What there is of these fields, under the names that they have in another row."""
    known = {
        language: {names[name]: text for name, text in by_name.items() if name in names}
        for language, by_name in texts.items()
    }
    return {language: by_name for language, by_name in known.items() if by_name}
