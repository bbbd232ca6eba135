"""Makes files that nobody would send."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from tests.plans.filing import workbook

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
