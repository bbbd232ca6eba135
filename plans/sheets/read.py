"""Reads what was brought into rows of cells, whatever wrote it."""

import csv
import io
import tempfile
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from plans.sheets.cells import armed
from plans.sheets.unpack import MAX_BYTES, Place, counted, is_workbook, refused, repacked

DELIMITERS = ",;\t"
csv.field_size_limit(MAX_BYTES)


class Encoding(models.TextChoices):
    """In which a CSV may be written. It is never guessed: a wrong guess would change letters silently."""

    UTF_8 = "utf-8"
    WINDOWS_1250 = "windows-1250", _("Central European")
    WINDOWS_1251 = "windows-1251", _("Cyrillic")
    WINDOWS_1252 = "windows-1252", _("Western European")
    WINDOWS_1257 = "windows-1257", _("Baltic")


# Both are looked for by their mark, which no other text begins with.
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass
class Sheet:
    """Rows from the first on, each a list of cells: text, number, truth value, date, or "" for nothing."""

    name: str
    rows: list[list[Any]]
    formulas: set[Place] = field(default_factory=set)
    # 1,5 as most of Europe writes it; then 1.500 may be more than one and a half.
    decimal_comma: bool = False


def sheets(file: IO[bytes], thing: str, encoding: str) -> list[Sheet]:
    """Refused with a code and a sentence when it cannot be read."""
    return of_workbook(file) if is_workbook(file) else [of_text(file.read(MAX_BYTES + 1), thing, encoding)]


def of_workbook(file: IO[bytes]) -> list[Sheet]:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as clean:
        formulas = repacked(file, clean)
        clean.flush()
        try:
            return list(calculated(clean.name, formulas))
        except CalamineError as error:
            raise refused("file_broken", _("The file is damaged.")) from error
        except BaseException as error:
            # What the reader did not expect itself; it derives from nothing that one could name.
            if type(error).__name__ == "PanicException":
                raise refused("file_broken", _("The file is damaged.")) from None
            raise


def calculated(path: str, formulas: dict[str, set[Place]]) -> list[Sheet]:
    found = []
    with CalamineWorkbook.from_path(path) as book:
        for about in book.sheets_metadata:
            if about.name in formulas and str(about.typ).endswith("WorkSheet"):
                rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
                found.append(Sheet(about.name, rows, formulas[about.name]))
    return found


def of_text(content: bytes, thing: str, encoding: str) -> Sheet:
    text = decoded(content, encoding)
    if "\x00" in text:
        raise refused("file_nul", _("There are NUL bytes in the file."))
    delimiter, text = delimited(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows: list[list[Any]] = [[armed(cell) for cell in row] for row in counted(lines)]
    except csv.Error as error:
        told = {"line": lines.line_num, "error": error}
        raise refused("csv_quotes", _("Quotes do not match near line %(line)d: %(error)s") % told) from error
    return Sheet(thing, rows, decimal_comma=delimiter == ";")


def decoded(content: bytes, encoding: str) -> str:
    marked = next((name for mark, name in MARKS if content.startswith(mark)), None)
    try:
        return content.decode(marked or encoding)
    except UnicodeDecodeError as error:
        raise refused(
            "file_encoding",
            _("The text is not in %(encoding)s. Save it as CSV UTF-8, or say which `encoding` it has.")
            % {"encoding": marked or encoding},
        ) from error


def delimited(text: str) -> tuple[str, str]:
    """The delimiter of the first line, and the text without the line by which Excel names one."""
    first, rest = text[:5], text[5:]
    if first.lower().startswith("sep=") and first[4:] in DELIMITERS and rest[:1] in ("\r", "\n"):
        return first[4], "\n" + rest.removeprefix("\r").removeprefix("\n")
    line = text.lstrip("\r\n")[:5000].splitlines()[:1]
    heading = line[0] if line else ""
    return max(DELIMITERS, key=heading.count), text
