"""How the file is written: a workbook, tables of text, or one document. Rows pass through, none is kept."""

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from plans.sheets.cells import shown
from plans.sheets.columns import Column
from plans.sheets.template import ABOUT
from plans.sheets.write import XLSX, Book, csv_lines

# Names the rules by which a file is written.
ALGORITHM = "export-1"
# Of each collection the columns of its sheet, and its rows in batches, as JSON arrays.
Contents = Mapping[str, tuple[Sequence[Column], Iterator[str]]]


class About(NamedTuple):
    """What stands in front."""

    network: str
    city: str
    made_at: str
    personal: bool

    @property
    def told(self) -> dict[str, Any]:
        return {"algorithm": ALGORITHM, **self._asdict()}


def write_json(path: str, about: About, contents: Contents) -> None:
    """One document; the rows as the API shows them."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(about.told, ensure_ascii=False)[:-1] + ', "things": {')
        for number, (thing, (_columns, batches)) in enumerate(contents.items()):
            file.write(f'{", " if number else ""}"{thing}": [')
            for place, batch in enumerate(batches):
                file.write(f"{',' if place else ''}{batch[1:-1]}")
            file.write("]")
        file.write("}}\n")


def write_xlsx(path: str, about: About, contents: Contents) -> None:
    """A sheet for each collection, and one about the file."""
    with Book(path) as book:
        first = book.add_worksheet(ABOUT)
        first.set_column(0, 1, 24)
        for row, (name, value) in enumerate(about.told.items()):
            book.put(first, row, 0, name)
            book.put(first, row, 1, value)
        for thing, (columns, batches) in contents.items():
            sheet = book.headed(thing, columns)
            for number, values in enumerate(rows(columns, batches), 1):
                for place, value in enumerate(values):
                    if value is not None:
                        book.put(sheet, number, place, value)


def write_csv(path: str, about: About, contents: Contents) -> None:
    """A table for each collection, in one zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{ABOUT}.json", json.dumps(about.told, ensure_ascii=False))
        for thing, (columns, batches) in contents.items():
            with archive.open(f"{thing}.csv", "w", force_zip64=True) as file:
                csv_lines(headed(columns, batches), file)


def headed(columns: Sequence[Column], batches: Iterator[str]) -> Iterator[list[Any]]:
    yield [column.name for column in columns]
    yield from rows(columns, batches)


def rows(columns: Sequence[Column], batches: Iterator[str]) -> Iterator[list[Any]]:
    for batch in batches:
        for row in json.loads(batch):
            yield [shown(column, row) for column in columns]


class Format(NamedTuple):
    """`named`: what a row refers to stands in it by name, so that the file can be brought in again."""

    write: Callable[[str, About, Contents], None]
    media_type: str
    extension: str
    named: bool


FORMATS = {
    "xlsx": Format(write_xlsx, XLSX, "xlsx", named=True),
    "csv": Format(write_csv, "application/zip", "zip", named=True),
    "json": Format(write_json, "application/json", "json", named=False),
}
