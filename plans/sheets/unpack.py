"""Looks into what was brought before a reader of spreadsheets sees it.

A workbook is a zip of XML. The reader has no limits of its own: so every part is unpacked here, within
limits, looked through, and packed anew. The reader gets what was looked at, and nothing else: no
pictures, macros or attachments, and no part that would unpack to more than it says.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any
from xml.etree import ElementTree
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from tenants.api.refusals import Refused

MEBIBYTE = 1_048_576
MAX_BYTES = 5 * MEBIBYTE
MAX_UNPACKED = 40 * MEBIBYTE
# XML packs well, but not like this; small parts may.
MAX_RATIO, RATIO_FROM = 200, MEBIBYTE
MAX_PARTS = 500
MAX_DEPTH = 60
MAX_ROWS, MAX_COLUMNS = 10_000, 200
CHUNK = 65_536

ENTRY = b"PK\x01\x02"
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZIP, OLD, WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OF_ANOTHER_KIND = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"{\\rtf",
)
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
TAGGED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

# Row and column of a cell, both from 1.
Place = tuple[int, int]


def refused(code: str, detail: Any) -> Refused:
    return Refused(400, code, detail)


def is_workbook(file: IO[bytes]) -> bool:
    """Or else text; what is neither is refused by its first bytes."""
    head = beginning(file)
    if head.startswith(OLD):
        file.seek(0)
        if ENCRYPTED in file.read(MAX_BYTES):
            raise refused("file_encrypted", _("The file is encrypted. Save it without a password."))
        raise refused("file_type", _("The file is of an old or another kind. Save it as .xlsx or as CSV."))
    if not head or not head.strip():
        raise refused("file_empty", _("There is nothing in the file."))
    if head.startswith(OF_ANOTHER_KIND):
        raise refused("file_type", _("The file is neither an .xlsx workbook nor CSV."))
    return head.startswith(ZIP)


def beginning(file: IO[bytes]) -> bytes:
    file.seek(0)
    head = file.read(CHUNK)
    file.seek(0)
    return head


def directory(file: IO[bytes]) -> zipfile.ZipFile:
    """What the zip says of its parts; refused before anything is unpacked."""
    if file.read().count(ENTRY) > MAX_PARTS:
        raise refused("file_bomb", _("The file has too many parts, or one of them twice."))
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as error:
        raise refused("file_broken", _("The file is damaged.")) from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or len({part.filename for part in parts}) != len(parts):
        raise refused("file_bomb", _("The file has too many parts, or one of them twice."))
    if any(part.flag_bits & 1 for part in parts):
        raise refused("file_encrypted", _("The file is encrypted. Save it without a password."))
    if any(part.compress_type not in PACKED for part in parts):
        raise refused("file_broken", _("The file is packed in a way that no spreadsheet uses."))
    if WORKBOOK not in archive.namelist():
        raise refused("file_type", _("The file is not an .xlsx workbook."))
    if sum(part.file_size for part in parts) > MAX_UNPACKED or any(is_bomb(part) for part in parts):
        raise bomb()
    return archive


def is_bomb(part: zipfile.ZipInfo) -> bool:
    return part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1)


def bomb() -> Refused:
    return refused(
        "file_bomb", _("The file unpacks to more than %(max)d MB.") % {"max": MAX_UNPACKED // MEBIBYTE}
    )


class Formulas(dict[str, set[Place]]):
    """Where formulas stand, by name of the sheet."""


def repacked(file: IO[bytes], into: IO[bytes]) -> Formulas:
    """Writes the workbook anew from the parts that are XML, each looked through."""
    left, found = MAX_UNPACKED, {}
    with directory(file) as archive, zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as clean:
        for part in archive.infolist():
            try:
                content = unpacked(archive, part, left)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
                raise refused("file_broken", _("The file is damaged.")) from error
            left -= len(content)
            if part.filename.endswith((".xml", ".rels")):
                found[part.filename] = looked_through(content)
                clean.writestr(part.filename, content)
            elif content.startswith(ZIP):
                raise refused("file_bomb", _("There is another archive in the file."))
        return by_sheet(clean_text(archive, WORKBOOK), clean_text(archive, RELATIONS), found)


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """As much as there is, whatever the directory says."""
    content = bytearray()
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            content += chunk
            if len(content) > left:
                raise bomb()
    return bytes(content)


def clean_text(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b"<none/>"


def by_sheet(workbook: bytes, relations: bytes, found: dict[str, set[Place]]) -> Formulas:
    """The parts by the names that a person sees."""
    targets = {r.get("Id"): r.get("Target", "") for r in ElementTree.fromstring(relations)}  # noqa: S314
    sheets = Formulas()
    for sheet in ElementTree.fromstring(workbook).iter():  # noqa: S314
        if sheet.tag.endswith("}sheet"):
            target = targets.get(sheet.get(TAGGED), "").lstrip("/")
            part = target if target in found else f"xl/{target}"
            sheets[sheet.get("name", "")] = found.get(part, set())
    return sheets


def looked_through(content: bytes) -> set[Place]:
    """Refuses what no spreadsheet needs; tells where formulas stand."""
    look = Look()
    try:
        look.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise refused("file_broken", _("The file is damaged: a part of it is not XML.")) from error
    return look.formulas


class Look:
    """Goes through one part of the workbook, element by element."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.opened
        self.parser.EndElementHandler = self.closed
        self.parser.StartDoctypeDeclHandler = self.declared
        self.parser.buffer_text = True
        self.depth, self.row, self.column, self.formulas = 0, 0, 0, set[Place]()

    def declared(self, *_args: Any) -> None:
        raise refused(
            "file_dtd", _("The file declares a document type or entities, which no spreadsheet needs.")
        )

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise refused("file_bomb", _("The file is nested too deeply."))
        match tag.rpartition(":")[2]:
            case "row":
                self.row, self.column = whole(attributes.get("r"), self.row + 1), 0
            case "c":
                self.row, self.column = self.place(attributes.get("r", ""))
            case "v" | "is":
                refuse_size(self.row, self.column)
            case "f":
                refuse_size(self.row, self.column)
                self.formulas.add((self.row, self.column))

    def closed(self, tag: str) -> None:
        self.depth -= 1

    def place(self, name: str) -> Place:
        found = CELL.match(name)
        return (int(found[2]), number_of(found[1])) if found else (self.row, self.column + 1)


def whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def refuse_size(rows: int, columns: int) -> None:
    if rows > MAX_ROWS + 1:
        raise refused("too_many_rows", _("More than %(max)d rows: bring it in parts.") % {"max": MAX_ROWS})
    if columns > MAX_COLUMNS:
        raise refused("too_many_columns", _("More than %(max)d columns.") % {"max": MAX_COLUMNS})


def counted(rows: Iterator[Any]) -> Iterator[Any]:
    """Rows of a text, refused when there are too many."""
    for number, row in enumerate(rows, 1):
        refuse_size(number, len(row))
        yield row
