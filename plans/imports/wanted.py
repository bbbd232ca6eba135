"""What is to be written for a line of a file."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import serializers

from plans.imports.table import Line, Table


@dataclass
class Wanted:
    """A row to make, or to change; `values` as its serializer has validated them. One that is made may be
    the correction of another."""

    table: Table
    line: Line
    pk: UUID
    serializer: serializers.ModelSerializer
    values: dict[str, Any]
    corrects: bool = False

    @property
    def is_new(self) -> bool:
        return self.serializer.instance is None
