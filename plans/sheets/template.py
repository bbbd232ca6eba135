"""An empty workbook to fill in: columns with notes, lists to choose from, the city's own codes and names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast
from xlsxwriter.utility import xl_col_to_name

from plans.sheets.beside import NOTHING_BESIDE, Beside, category_name, to_choose, written_in
from plans.sheets.collections import View, names_of_rows
from plans.sheets.columns import KEY, Column, Kind, Part, Translation, columns_of
from plans.sheets.unpack import MAX_ROWS
from plans.sheets.write import Book, width
from tenants.access.translations import translated
from tenants.api.entrance import Entrance

ABOUT, LISTS = "about", "lists"
# Not of things: made by us, or by whoever keeps remarks beside the rows.
UNREAD = (ABOUT, LISTS)
# The longest that a list of choices may be where it is written into the validation itself.
LONGEST_CHOICES = 255
Names = Mapping[type[models.Model], Sequence[str]]

HOW = (
    "One row for each thing, under the headings; columns may be left out or moved, but keep their names.",
    "An orange heading: needed for a new row. A row whose name or code (or id) is there already is changed.",
    "An empty cell: nothing. What refers to other rows does so by their code or name.",
    "title:it is the title in Italian, value:age/under-30 the part of the value in that category.",
    "Dates as 2019-06-30, numbers as 1234.5. Formulas are not read: paste their values.",
)


def fillable(view: View, beside: Beside = NOTHING_BESIDE) -> list[Column]:
    return [column for column in columns_of(view, beside) if column.written or column.name == KEY]


def write_template(path: str, views: Mapping[str, View], names: Names, beside: Beside) -> None:
    with Book(path) as book:
        about = book.add_worksheet(ABOUT)
        text = book.add_format({"num_format": "@"})
        lists = Lists(book, names, views.values())
        for thing, view in views.items():
            sheet = book.headed(thing, fillable(view, beside))
            for place, column in enumerate(fillable(view, beside)):
                sheet.write_comment(0, place, note(column, view), {"x_scale": 2, "y_scale": 1.5})
                if column.kind not in (Kind.DECIMAL, Kind.WHOLE, Kind.DATE):
                    # So that 007 stays 007.
                    sheet.set_column(place, place, width(column), text)
                if rule := lists.rule(column):
                    sheet.data_validation(1, place, MAX_ROWS, place, rule)
        lists.write()
        explain(book, about, views, beside)


class Lists:
    """A hidden sheet with the names of the city's rows, a column for each kind."""

    def __init__(self, book: Book, names: Names, views: Iterable[View]) -> None:
        referred = {column.refers_to for view in views for column in fillable(view)}
        self.book = book
        self.names = {model: found for model, found in names.items() if found and model in referred}

    def rule(self, column: Column) -> dict[str, Any] | None:
        """What a cell may hold; a name that is still to come is warned of, not refused."""
        if column.kind is Kind.CHOICE and len(",".join(column.choices)) < LONGEST_CHOICES:
            return {"validate": "list", "source": column.choices, "error_title": "Not among the choices"}
        if column.refers_to in self.names and column.kind is not Kind.LIST:
            letter = xl_col_to_name(list(self.names).index(column.refers_to))
            source = f"={LISTS}!${letter}$2:${letter}${len(self.names[column.refers_to]) + 1}"
            return {"validate": "list", "source": source, "error_type": "warning"}
        return None

    def write(self) -> None:
        sheet = self.book.add_worksheet(LISTS)
        sheet.hide()
        columns = [[str(model._meta.verbose_name), *found] for model, found in self.names.items()]
        for row in range(max(map(len, columns), default=0)):
            for place, column in enumerate(columns):
                if row < len(column):
                    self.book.put(sheet, row, place, column[row])


def explain(book: Book, sheet: Any, views: Mapping[str, View], beside: Beside) -> None:
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 100)
    row = 0
    for row, line in enumerate(HOW):
        sheet.write_string(row, 0, line)
    row += 2
    for thing, view in views.items():
        for column in fillable(view, beside):
            for place, text in enumerate((thing, column.name, note(column, view).replace("\n", " "))):
                sheet.write_string(row, place, text)
            row += 1


def note(column: Column, view: View) -> str:
    """What a person needs to know to fill in the column."""
    if column.name == KEY:
        return "Leave empty for a new row. An exported row is found again by it."
    parts = [
        "Needed for a new row." if column.needed else "May be empty.",
        beside_what(column),
        str(column.field.help_text or ""),
        KIND_TOLD.get(column.kind, ""),
        f"One of: {', '.join(column.choices)}." if column.choices else "",
        refers(column),
        "Rows are found again by this." if column.name in view.named_by else "",
        later(column, view),
    ]
    return "\n".join(part for part in parts if part)


def beside_what(column: Column) -> str:
    match column:
        case Translation():
            return f"{column.field.field_name} in the language {column.language}."
        case Part():
            return f"The part of {column.field.field_name} that falls into {column.category}."
    return ""


def later(column: Column, view: View) -> str:
    """What becomes of another value in a row that is there."""
    name = column.items if isinstance(column, Part) else column.name
    if view.correction and name in view.correction.Meta.figures:
        return "Another value makes a correction; what was entered stays readable."
    return "Cannot be changed later." if name in getattr(view.serializer_class.Meta, "fixed", ()) else ""


KIND_TOLD = {
    Kind.DATE: "A date, as 2019-06-30.",
    Kind.DECIMAL: "A number, as 1234.5.",
    Kind.WHOLE: "A whole number.",
    Kind.FLAG: "true or false.",
    Kind.LIST: "Several: one to a line; numbers with commas.",
}


def refers(column: Column) -> str:
    if column.refers_to is None:
        return ""
    what = str(column.refers_to._meta.verbose_name)
    by = names_of_rows().get(column.refers_to, KEY)
    return f"The {by} of an existing {what}, or of one in this file." if by != KEY else f"The id of a {what}."


def offered(entrance: Entrance, views: Iterable[View]) -> tuple[Names, Beside]:
    """By one statement: how the rows are named that others may refer to; the languages of the city's texts
    and of the reader; the categories of the network."""
    city, network = entrance.city, entrance.network
    assert city is not None  # noqa: S101
    assert network is not None  # noqa: S101
    named_models = {c.refers_to for view in views for c in fillable(view) if c.refers_to and c.by_name}
    order = sorted(named_models, key=lambda model: model._meta.label)
    asked = [named(model, number, entrance) for number, model in enumerate(order)]
    asked += [marked(to_choose(network), CATEGORY, category_name(), "position")]
    asked += [
        marked(written_in(view.queryset.model, city), LANGUAGE, F("_language"))
        for view in views
        if translated(view.queryset.model)
    ]
    found: dict[int, list[str]] = defaultdict(list)
    first, *rest = asked
    for number, _position, name in first.union(*rest, all=True).order_by("_kind", "_position", "_name"):
        found[number].append(name)
    languages = {*found.pop(LANGUAGE, ()), entrance.language} - {entrance.working_language}
    # Within a dimension they have come by their position.
    categories = sorted(found.pop(CATEGORY, ()), key=lambda name: name.partition("/")[0])
    beside = Beside(tuple(sorted(languages)), tuple(categories))
    return {order[number]: names for number, names in found.items()}, beside


LANGUAGE, CATEGORY = -2, -1


def named(model: type[models.Model], number: int, entrance: Entrance) -> Any:
    of_city = getattr(model, "city_owned", False)
    where = {"city": entrance.city} if of_city else {"network": entrance.network}
    return marked(model._base_manager.filter(**where), number, F(names_of_rows()[model]))


def marked(rows: Any, kind: int, name: Any, position: str = "") -> Any:
    place = F(position) if position else Value(0)
    found = rows.order_by().annotate(_kind=Value(kind), _position=place, _name=Cast(name, models.TextField()))
    return found.values_list("_kind", "_position", "_name")
