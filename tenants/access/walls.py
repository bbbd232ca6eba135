"""The walls around a city, said in `Meta.constraints`, so that makemigrations writes them.

Django has no composite foreign key between tables and no policies. The ordinary ForeignKey stays
for the ORM (`db_constraint=False`); the real key, checked at once, is one of these constraints.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import BaseConstraint
from django.utils.translation import gettext_lazy as _

IS_THE_CITY = "= (SELECT nullif(current_setting('app.city_id', true), '')::uuid)"
IS_ONE_OF_THE_CITIES = "= ANY ((SELECT nullif(current_setting('app.city_ids', true), '')::uuid[])::uuid[])"
ONE_CITY, SOME_CITIES = f"city_id {IS_THE_CITY}", f"city_id {IS_ONE_OF_THE_CITIES}"


class Wall(BaseConstraint):
    """SQL that runs at the end of its migration, when all tables and their keys are there.

    Of the attributes in `options` a wall may be told its own.
    """

    suffix = "wall"
    # 409 where it is not the body that is wrong, but the state of what is there.
    violation_status = 400
    options: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, name: str = "", **kwargs: Any) -> None:
        for option in kwargs.keys() & set(self.options):
            setattr(self, option, kwargs.pop(option))
        super().__init__(name=name or f"%(class)s_{self.suffix}", **kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, (), kwargs | {option: getattr(self, option) for option in self.options}

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        """Nothing inside CREATE TABLE."""
        self.create_sql(model, schema_editor)
        return ""

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        schema_editor.deferred_sql.append(self.made(model, table))
        # Django executes what it gets here at once; a comment does nothing.
        return f"-- {self.name} follows"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        return self.dropped(schema_editor.quote_name(model._meta.db_table))

    def made(self, model: type[models.Model], table: str) -> str:
        raise NotImplementedError

    def dropped(self, table: str) -> str:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database is asked, not the form."""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Wall)
            and type(self) is type(other)
            and self.deconstruct() == other.deconstruct()
        )

    __hash__ = BaseConstraint.__hash__


def columns(model: type[models.Model], names: Sequence[str], of: str = "") -> str:
    """As SQL lists them."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return ", ".join(f'{of}"{field.column}"' for field in fields)


class Key(models.UniqueConstraint):
    """What references of other tables point to: it goes, and they go with it."""

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {self.name} CASCADE"


class OfFields(Wall):
    """A wall of some columns."""

    def __init__(self, *fields: str, **kwargs: Any) -> None:
        self.fields = fields
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, _, kwargs = super().deconstruct()
        return path, self.fields, kwargs


class OfField(OfFields):
    """A wall of one column, of which its name tells."""

    def __init__(self, field: str, **kwargs: Any) -> None:
        self.field = field
        super().__init__(field, **{"name": f"%(class)s_{field}_{self.suffix}"} | kwargs)


class Trigger(Wall):
    """A function that runs at changes of rows: all of them, or those of which `when` holds, SQL over
    OLD and NEW. What it must ask the model for stands in braces, and in `words`."""

    event = "BEFORE INSERT OR UPDATE"
    when = ""
    function: str

    def words(self, model: type[models.Model]) -> dict[str, str]:
        return {}

    def made(self, model: type[models.Model], table: str) -> str:
        rows = f"ROW WHEN ({self.when})" if self.when else "ROW"
        runs = f"{self.event} ON {{table}} FOR EACH {rows} EXECUTE FUNCTION {self.function}"
        return f"CREATE TRIGGER {self.name} {runs}".format(table=table, **self.words(model))

    def dropped(self, table: str) -> str:
        return f"DROP TRIGGER {self.name} ON {table}"


class Reference(OfField):
    """A foreign key to a table that all cities share, checked at once.

    Django's own are checked at COMMIT, past every error handler.
    """

    suffix = "exists"
    violation_error_code = "does_not_exist"
    default_violation_error_message = _("There is no such row.")

    def made(self, model: type[models.Model], table: str) -> str:
        field: Any = model._meta.get_field(self.field)
        target = field.related_model._meta.db_table
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {self.name} FOREIGN KEY ({self.columns(field)}) "
            f'REFERENCES "{target}" ({self.target_columns}){deleted(field)} NOT DEFERRABLE'
        )

    target_columns = "id"

    def columns(self, field: Any) -> str:
        return f'"{field.column}"'

    def dropped(self, table: str) -> str:
        # Migrating backwards, the key that it points to may have taken it along.
        return f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {self.name}"


class SameCity(Reference):
    """A reference to a row of the same city: (city_id, x_id) -> (city_id, id)."""

    suffix = "same_city"
    target_columns = "city_id, id"

    def columns(self, field: Any) -> str:
        return f'city_id, "{field.column}"'


def deleted(field: Any) -> str:
    """What the ForeignKey declares, for this key; SET NULL must not touch the city."""
    if field.remote_field.on_delete is models.DB_CASCADE:
        return " ON DELETE CASCADE"
    if field.remote_field.on_delete is models.DB_SET_NULL:
        return f' ON DELETE SET NULL ("{field.column}")'
    return ""


class SameNetwork(OfField, Trigger):
    """The referenced row belongs to the network of the row's city (or to the row's own network)."""

    suffix = "same_network"
    violation_error_code = "does_not_exist"
    default_violation_error_message = Reference.default_violation_error_message
    event = 'BEFORE INSERT OR UPDATE OF "{column}"'
    when = 'NEW."{column}" IS NOT NULL'
    function = "tenants_same_network('{target}', '{column}')"

    def words(self, model: type[models.Model]) -> dict[str, str]:
        field: Any = model._meta.get_field(self.field)
        return {"column": field.column, "target": field.related_model._meta.db_table}


class CityPolicies(Wall):
    """Row level security, forced: the application sees one city, staff reads a list of cities.

    Personal data has no policy and no grant for staff. Of what is told in confidence staff is granted
    the columns of `counted` alone: enough to count the rows; and of a draft, whose `given` is null, nothing.
    """

    suffix = "policies"
    options = ("personal", "writable", "counted", "given")
    personal, writable, given = False, True, ""
    counted: Sequence[str] = ()

    def made(self, model: type[models.Model], table: str) -> str:
        granted = "SELECT, INSERT, UPDATE, DELETE" if self.writable else "SELECT"
        statements = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            (
                f"CREATE POLICY tenant_rw ON {table} FOR ALL TO iap_app, iap_owner "
                f"USING ({ONE_CITY}) WITH CHECK ({ONE_CITY})"
            ),
            f"GRANT {granted} ON {table} TO iap_app",
        ]
        if not self.personal:
            counted = f" ({columns(model, self.counted)})" if self.counted else ""
            statements += [
                f"CREATE POLICY staff_ro ON {table} FOR SELECT TO iap_staff USING ({self.staff_sees(model)})",
                f"GRANT SELECT{counted} ON {table} TO iap_staff",
            ]
        return "; ".join(statements)

    def staff_sees(self, model: type[models.Model]) -> str:
        return f"{SOME_CITIES} AND {columns(model, [self.given])} IS NOT NULL" if self.given else SOME_CITIES

    def dropped(self, table: str) -> str:
        return (
            f"DROP POLICY tenant_rw ON {table}; DROP POLICY IF EXISTS staff_ro ON {table}; "
            f"REVOKE ALL ON {table} FROM iap_app, iap_staff; "
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class KeptHistory(Trigger):
    """Every change of a row becomes a row of history, written by a trigger. That of a draft, whose `given` is
    null, stays with the city, as that of personal data does."""

    suffix = "history"
    options = ("personal", "given")
    personal, given = False, ""
    event = "AFTER INSERT OR UPDATE OR DELETE"
    function = "tenants_keep_history('{name}', '{personal}'{given})"

    def words(self, model: type[models.Model]) -> dict[str, str]:
        name = str(model._meta.verbose_name).replace(" ", "_")
        given = f", '{self.given}'" if self.given else ""
        return {"name": name, "personal": str(self.personal).lower(), "given": given}


class Versioned(Trigger):
    """`row_version` and `updated_at` are kept by a trigger, so that bulk updates count too.

    A change of the column `besides` is no new version of the row.
    """

    suffix = "versioned"
    options = ("besides",)
    besides = ""
    event = "BEFORE UPDATE"
    when = "OLD.* IS DISTINCT FROM NEW.*{unless}"
    function = "tenants_touch()"

    def words(self, model: type[models.Model]) -> dict[str, str]:
        return {"unless": f' AND OLD."{self.besides}" = NEW."{self.besides}"' if self.besides else ""}


class Counted(Trigger):
    """Every change of a row that a network shares is counted in `clock` of the network.

    A city's own clock is a column of its row, so a row without a new version does not count.
    """

    suffix = "counted"
    event = "AFTER INSERT OR DELETE"
    function = "tenants_count_shared()"

    def made(self, model: type[models.Model], table: str) -> str:
        return (
            f"{super().made(model, table)}; CREATE TRIGGER {self.name}_change AFTER UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.row_version IS DISTINCT FROM NEW.row_version) "
            f"EXECUTE FUNCTION {self.function}"
        )

    def dropped(self, table: str) -> str:
        return f"{super().dropped(table)}; DROP TRIGGER {self.name}_change ON {table}"


class Grants(Wall):
    """Privileges on a table that all cities share."""

    suffix = "grants"
    options = ("application", "staff")
    application: str
    staff = ""

    def made(self, model: type[models.Model], table: str) -> str:
        statements = [f"GRANT {self.application} ON {table} TO iap_app"]
        if self.staff:
            statements.append(f"GRANT {self.staff} ON {table} TO iap_staff")
        return "; ".join(statements)

    def dropped(self, table: str) -> str:
        return f"REVOKE ALL ON {table} FROM iap_app, iap_staff"
