"""Serializers shape. One class says what is read and what may be written."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from tenants.access.models import PersonalData
from tenants.api import writepath
from tenants.api.languages import TranslationsField, without_echoes

HEAD = ("id",)
TAIL = ("row_version", "created_at", "updated_at", "allowed_actions")
PROVENANCE = ("provenance", "source", "illustrative_fields")
CITY_HEAD = ("id", "city")
CONTENT_TAIL = (*PROVENANCE, *TAIL)
SURROGATE = re.compile("[\ud800-\udfff]")
PUBLISHED_TAIL = (*PROVENANCE, "updated_at")


class KeyField(serializers.PrimaryKeyRelatedField):
    """A reference by id. It asks no query: the foreign key answers, with this field's name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("pk_field", serializers.UUIDField())
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Any:
        return only_known_by(self.pk_field.to_internal_value(data), self.queryset.model)


def only_known_by(key: Any, model: type[models.Model], **known: Any) -> Any:
    """A row whose other columns are read when somebody asks for them, and until then cost nothing."""
    row = model.__new__(model)
    row.__dict__.update(known | {"_state": ModelState(), model._meta.pk.attname: key})
    return row


class NoSurrogates(ProhibitSurrogateCharactersValidator):
    """DRF's, which looks at each character by itself, only where there is one to be found."""

    def __call__(self, value: Any) -> None:
        if SURROGATE.search(str(value)):
            super().__call__(value)


class RowSerializer(serializers.ModelSerializer):
    """A row, as it is read and written."""

    # The base of all: fields built once per class, references checked by the database.
    # `Meta.annotations` names what is computed, as expressions; see `tenants.api.readpath`.
    # `Meta.fixed` names fields that are set when a row is made and never after; `Meta.instead` says of some
    # of them what changes them all the same.

    serializer_related_field = KeyField
    _made: ClassVar[dict[type, dict[str, Any]]] = {}

    allowed_actions = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="What you may do with this row, now."
    )

    def get_fields(self) -> dict[str, Any]:
        """DRF asks the model and copies deeply for every instance; a shallow copy is enough."""
        return {name: cloned(field) for name, field in self.declared().items()}

    def declared(self) -> dict[str, Any]:
        cls = type(self)
        if cls not in self._made:
            self._made[cls] = super().get_fields()
            for field in self._made[cls].values():
                field.validators = [
                    NoSurrogates() if isinstance(v, ProhibitSurrogateCharactersValidator) else v
                    for v in field.validators
                ]
        return self._made[cls]

    @property
    def _writable_fields(self) -> Iterator[Any]:
        """Of a change only those that it names; the others would only say that they are not there."""
        named = self.initial_data if self.partial and isinstance(self.initial_data, dict) else None
        for name, field in self.declared().items():
            if not field.read_only and (named is None or name in named):
                yield self.fields[name] if "fields" in self.__dict__ else self.bound(name, field)

    def bound(self, name: str, field: Any) -> Any:
        mine = cloned(field)
        mine.bind(name, self)
        return mine

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        field_class, kwargs = super().build_standard_field(field_name, model_field)
        if isinstance(model_field, models.DecimalField):
            # Money keeps its cents; a measured value shows no zeros that nobody measured.
            kwargs["normalize_output"] = model_field.decimal_places != CENTS
        if isinstance(model_field, ArrayField):
            kwargs.setdefault("max_length", 50)
        if field_name == "keep_until" and issubclass(self.Meta.model, PersonalData):
            kwargs["validators"] = [in_time]
        if field_name == "translations":
            return TranslationsField, {"required": False, "help_text": model_field.help_text}
        return field_class, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        """DRF would only read links that are rows of their own; `writepath.link` writes them."""
        return super().build_relational_field(field_name, relation_info._replace(has_through_model=False))

    def get_validators(self) -> list[Any]:
        """No queries for uniqueness: the constraint is asked by writing."""
        return []

    def get_unique_together_constraints(self, model: Any) -> Any:
        return iter(())

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_unknown(data, self.declared())
            data = without_echoes(data, self.instance, self.context)
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            for name in getattr(self.Meta, "fixed", ()):
                if name in attrs and not is_still(self.instance, name, attrs[name]):
                    raise self.refused(name)
        return attrs

    def refused(self, name: str) -> serializers.ValidationError:
        """A field that is fixed."""
        sentence = getattr(self.Meta, "instead", {}).get(name, FIXED)
        return serializers.ValidationError({name: serializers.ErrorDetail(sentence, "fixed")})

    def run_validators(self, value: Any) -> None:
        """There are none; DRF would collect the defaults of all fields for them."""

    def create(self, validated_data: dict[str, Any]) -> Any:
        links = self.pop_links(validated_data)
        row = self.Meta.model(**validated_data)
        writepath.insert(row)
        for name, keys in links.items():
            if keys:
                writepath.link(row, self.relation(name), keys, new=True)
        return row

    @classmethod
    def create_all(cls, many: list[dict[str, Any]]) -> None:
        """As `create` does, by one statement for the rows and one for each kind of links."""
        model: Any = cls.Meta.model
        links = {f: [values.pop(f.name, ()) for values in many] for f in model._meta.many_to_many}
        rows = model._base_manager.bulk_create([model(**values) for values in many])
        for relation, targets in links.items():
            mine, theirs = relation.m2m_field_name(), relation.m2m_reverse_field_name()
            through = relation.remote_field.through
            through._base_manager.bulk_create(
                through(**{mine: row, f"{theirs}_id": key})
                for row, some in zip(rows, targets, strict=True)
                for key in sorted({target.pk for target in some})
            )

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        links = self.pop_links(validated_data)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        if validated_data:
            writepath.update(instance, validated_data)
        for name, keys in links.items():
            writepath.link(instance, self.relation(name), keys)
        return instance

    def pop_links(self, data: dict[str, Any]) -> dict[str, list[Any]]:
        """The keys that each many-to-many field names."""
        names = [f.name for f in self.Meta.model._meta.many_to_many if f.name in data]
        return {name: sorted({row.pk for row in data.pop(name)}) for name in names}

    def relation(self, name: str) -> Any:
        return self.Meta.model._meta.get_field(name)


CENTS = 2
FIXED = _("This is set when the row is made and cannot be changed.")
BY_ITS_VERBS = _("This changes by the verbs that `allowed_actions` names.")


class CitySerializer(RowSerializer):
    """A row of a city. Which city is in the path; the body cannot say it."""

    city = serializers.SlugRelatedField(slug_field="slug", read_only=True, help_text="Whose row it is.")


class PublishedSerializer(RowSerializer):
    """A row of a city as its peers and the public read it: no more than its model publishes."""

    city = serializers.SlugRelatedField(slug_field="slug", read_only=True, help_text="Whose row it is.")


class BodySerializer(serializers.Serializer):
    """A body that is no row, as strict as one."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            refuse_unknown(data, self.fields)
        return super().to_internal_value(data)


def is_still(row: models.Model, name: str, value: Any) -> bool:
    """Compared by key, so that a reference is not read for it."""
    key = value.pk if isinstance(value, models.Model) else value
    return bool(getattr(row, row._meta.get_field(name).attname) == key)  # type: ignore[union-attr]


def refuse_unknown(data: dict[str, Any], fields: Any) -> None:
    """A misspelt field is an error, not silence; one that is only read may be sent back."""
    unknown = [name for name in data if name not in fields]
    if unknown:
        raise serializers.ValidationError(
            {
                str(name): serializers.ErrorDetail(_("There is no such field."), "unknown_field")
                for name in unknown
            }
        )


def not_in_the_future(day: date) -> None:
    """Of what has happened. Where the day begins first it is 14 hours later than in UTC."""
    if day > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise serializers.ValidationError(_("This day is still to come."), "in_the_future")


def in_time(day: date) -> None:
    """People's data is kept until a day that is still to come, and not for ever."""
    if not date.today() < day <= date.today() + KEPT_AT_MOST:
        raise serializers.ValidationError(
            _("From tomorrow on, and within %(years)d years.") % {"years": KEPT_AT_MOST.days // 365},
            "out_of_range",
        )


KEPT_AT_MOST = timedelta(days=10 * 365)


def cloned(field: Any) -> Any:
    new = object.__new__(type(field))
    new.__dict__.update(field.__dict__)
    for part in ("child", "child_relation"):
        if hasattr(field, part):
            setattr(new, part, cloned(getattr(field, part)))
            getattr(new, part).parent = new
    return new
