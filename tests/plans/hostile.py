"""Makes files that nobody would send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from tests.plans.workbooks import workbook

MEBIBYTE = 1_048_576
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = b"<worksheet " + NAMESPACE + b"><sheetData>%s</sheetData></worksheet>"
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><sst><si><t>&j;</t></si></sst>"
)


def packed(parts: list[tuple[str, bytes]], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as archive:
        for name, content in parts:
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return file.getvalue()


def parts(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def good() -> list[tuple[str, bytes]]:
    return parts(workbook(actions=[["code", "title"], ["A1", "Walk"]]))


def with_part(name: str, content: bytes) -> bytes:
    return packed([*((n, c) for n, c in good() if n != name), (name, content)])


def with_sheet(content: bytes) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", content)


def of_cells(*names: str) -> bytes:
    return with_sheet(
        SHEET % b"".join(b'<row><c r="%s"><v>1</v></c></row>' % name.encode() for name in names)
    )


def bomb(mebibytes: int, *names: str) -> bytes:
    """A workbook with parts of zeros: about one to a thousand."""
    file = io.BytesIO(packed(good()))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("xl/worksheets/sheet2.xml",):
            with archive.open(name, "w", force_zip64=True) as part:
                for _ in range(mebibytes):
                    part.write(bytes(MEBIBYTE))
    return file.getvalue()


def lying(mebibytes: int) -> bytes:
    """A part whose stream goes on behind the size that the directory names."""
    name, small = "xl/worksheets/sheet1.xml", b"<worksheet/>"
    content = bytearray(with_sheet(small + b" " * (mebibytes * MEBIBYTE - len(small))))
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 24 : at + 28] = struct.pack("<I", len(small))
    local = content.index(name.encode()) - 30
    content[local + 22 : local + 26] = struct.pack("<I", len(small))
    return bytes(content)


def lying_well(mebibytes: int) -> bytes:
    """The same, with the check sum of what the directory names."""
    content, small = bytearray(lying(mebibytes)), b"<worksheet/>"
    name = b"xl/worksheets/sheet1.xml"
    content[content.rindex(name) - 46 + 16 : content.rindex(name) - 46 + 20] = struct.pack(
        "<I", zlib.crc32(small)
    )
    return bytes(content)


def many_parts(number: int) -> bytes:
    return packed([*good(), *((f"xl/p{n}.xml", b"<a/>") for n in range(number))], zipfile.ZIP_STORED)


def nested(depth: int) -> bytes:
    inside = b"x"
    for level in range(depth):
        inside = packed([(f"{level}.zip", inside)])
    return with_part("xl/embeddings/oleObject1.zip", inside)


def encrypted() -> bytes:
    """The flag in the directory, as archives with a password have it."""
    content = bytearray(packed([("xl/workbook.xml", b"<a/>")]))
    at = content.index(b"PK\x01\x02")
    content[at + 8 : at + 10] = struct.pack("<H", 1)
    return bytes(content)


GOOD = workbook(actions=[["code", "title"], ["A1", "Walk"]])
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000
# What each is refused as.
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: bomb(300), "file_bomb"),
    "a bomb in a part that nobody reads": (lambda: bomb(300, "xl/media/image1.png"), "file_bomb"),
    "many parts that are a bomb together": (lambda: bomb(1, *[f"xl/p{n}.xml" for n in range(60)]), "file_bomb"),
    "a part that says it is small": (lambda: lying(200), "file_broken"),
    "ten thousand parts": (lambda: many_parts(10_000), "file_bomb"),
    "a part twice": (lambda: packed([("xl/workbook.xml", b"<a/>"), ("xl/workbook.xml", b"<b/>")]), "file_bomb"),
    "an archive in an archive": (lambda: nested(20), "file_bomb"),
    "a billion laughs": (lambda: with_part("xl/sharedStrings.xml", BILLION_LAUGHS), "file_dtd"),
    "an entity of a file": (lambda: with_sheet(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet>&x;</worksheet>'), "file_dtd"),
    "a document type in the styles": (lambda: with_part("xl/styles.xml", b"<!DOCTYPE styleSheet><styleSheet/>"), "file_dtd"),
    "elements in elements": (lambda: with_sheet(b"<a>" * 100_000 + b"</a>" * 100_000), "file_bomb"),
    "a million rows": (lambda: of_cells("A1048576"), "too_many_rows"),
    "sixteen thousand columns": (lambda: of_cells("XFD1"), "too_many_columns"),
    "a million rows without numbers": (lambda: with_sheet(SHEET % (b"<row><c><v>1</v></c></row>" * 20_000)), "too_many_rows"),
    "not XML": (lambda: with_sheet(b"<worksheet><row>"), "file_broken"),
    "half a zip": (lambda: GOOD[: len(GOOD) // 2], "file_broken"),
    "a zip that is no workbook": (lambda: packed([("a.txt", b"a")]), "file_type"),
    "an encrypted part": (lambda: encrypted(), "file_encrypted"),
    "packed in another way": (lambda: packed([("xl/workbook.xml", b"<a/>")], zipfile.ZIP_LZMA), "file_broken"),
    "an old workbook": (lambda: OLD, "file_type"),
    "an encrypted workbook": (lambda: OLD + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
    "a PDF": (lambda: b"%PDF-1.7\n" + b"x" * 100, "file_type"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", "file_type"),
    "nothing": (lambda: b"", "file_empty"),
    "white space": (lambda: b" \r\n\t ", "file_empty"),
    "NUL bytes": (lambda: b"code,title\nA\x001,Walk\n", "file_nul"),
    "Latin-1": (lambda: "code,title\nA1,Caf\xe9\n".encode("latin-1"), "file_encoding"),
    "UTF-16 without its mark": (lambda: "code,title\n".encode("utf-16-le"), "file_nul"),
    "half of UTF-16": (lambda: "code,title\n".encode("utf-16")[:-1], "file_encoding"),
    "a quote that is not closed": (lambda: b'code,title\nA1,"Walk\nA2,Run\n', "csv_quotes"),
    "a quote in the middle": (lambda: b'code,title\nA1,"Walk" far\n', "csv_quotes"),
    "a million lines": (lambda: b"code,title\n" + b"a,b\n" * 1_000_000, "too_many_rows"),
    "a million columns": (lambda: b"," * 1_000_000, "too_many_columns"),
}  # fmt: skip
