"""What is to be written for a line of a file."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models

from plans.imports.table import Line, Table


@dataclass
class Wanted:
    """A row to make, or the one to change; `values` as a serializer of this `shape` has validated them (it
    is not kept itself: there are thousands). One that is made may be the correction of another."""

    table: Table
    line: Line
    pk: UUID
    shape: Any
    row: models.Model | None
    values: dict[str, Any]
    corrects: bool = False

    @property
    def is_new(self) -> bool:
        return self.row is None
