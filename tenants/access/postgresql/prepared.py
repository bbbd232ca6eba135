"""Statements that differ only in their values, prepared once per connection.

A transaction's BEGIN travels with its first statement and its COMMIT with its last, and what nobody
waits for with the next: every way to the server and back costs both sides more than a small statement
does. Spoken with libpq itself, because psycopg's own pipeline costs more than it saves when there are
two statements in it.
"""

import re
import select
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg._preparing import Prepare, PrepareManager
from psycopg.adapt import AdaptersMap, Loader, PyFormat, Transformer

KEPT = 200
LONGEST = 10_000
WELL = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)
PLACEHOLDER = re.compile(r"%%|%s|%\((\w+)\)s")
Values = Sequence[Any] | Mapping[str, Any]
Result = pq.abc.PGresult
Rows = list[tuple[Any, ...]]


class OfPsycopg(PrepareManager):
    """What psycopg prepares by itself, and gives up with every ROLLBACK: one by one, because its
    DEALLOCATE ALL would take ours along."""

    def clear(self) -> bool:
        given_up = list(self._names.values())
        super().clear()
        if given_up:
            self._to_flush.clear()
            self._to_flush.extend(given_up)
        return bool(given_up)

    def maybe_add_to_cache(self, query: Any, prep: Any, name: bytes) -> Any:
        """A long text has its values in it, such as a file, and does not come again: it is not kept."""
        if prep is Prepare.NO and len(query.query) > LONGEST:
            return None
        return super().maybe_add_to_cache(query, prep, name)


class Asked(NamedTuple):
    """A statement with its values, and how: see `Statements.rows`; `last`: of its transaction."""

    sql: str
    values: Values
    forwarded: bool = False
    last: bool = False


class MisjudgedError(Exception):
    """Another statement was asked than the one sent ahead, or that one failed: nothing has been done yet."""


class AsWritten(Loader):
    """JSON as PostgreSQL wrote it."""

    format = pq.Format.TEXT

    def load(self, data: Any) -> bytes:
        return bytes(data)


class Statements:
    """Of one connection, by their text and the types of their values."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection, self.pgconn = connection, connection.pgconn
        theirs = OfPsycopg()
        theirs.prepare_threshold = connection.prepare_threshold
        connection._prepared = theirs
        self.adapters = AdaptersMap(connection.adapters)
        self.adapters.register_loader("json", AsWritten)
        self.forwarded, self.parsed = Transformer(self), Transformer(connection)
        self.names: OrderedDict[Any, bytes] = OrderedDict()
        self.waiting: list[Said] = []
        self.numbers = count(1)
        self.answer = select.poll()
        self.answer.register(connection.fileno(), select.POLLIN)

    def rows(self, sql: str, values: Values, *, begin: bool, commit: bool, forwarded: bool) -> Rows:
        """`begin`, `commit`: the transaction, on the same way; `forwarded`: JSON as it was written."""
        adapted = self.adapted(forwarded=forwarded)
        said = self.said(sql, values, adapted)
        if begin or commit or self.waiting:
            result = self.together(said, begin=begin, commit=commit)[-1]
        else:
            result = self.well(self.pgconn.exec_prepared(*said))
        return loaded(result, adapted)

    def rows_of_both(
        self, sql: str, values: Values, ahead: Asked, *, begin: bool, commit: bool
    ) -> tuple[Rows, Rows]:
        """Of a statement, and of one sent along that nobody has asked for yet."""
        adapted = self.adapted(forwarded=ahead.forwarded)
        said, then = self.said(sql, values, self.parsed), self.said(ahead.sql, ahead.values, adapted)
        *before, first, second = self.together(said, then, begin=begin, commit=commit, judged=False)
        for result in (*before, first):
            self.well(result)
        if second.status not in WELL:
            raise MisjudgedError
        return loaded(first, self.parsed), loaded(second, adapted)

    def adapted(self, *, forwarded: bool) -> Any:
        return self.forwarded if forwarded else self.parsed

    def later(self, sql: str, values: Values) -> None:
        """With the next statement, whose errors then come first. The types are those of the columns."""
        self.waiting.append(self.said(sql, values, self.parsed, inferred=True))

    def said(self, sql: str, values: Values, adapted: Any, *, inferred: bool = False) -> "Said":
        statement = numbered(sql)
        formats = statement.as_text if inferred else statement.formats
        dumped: Any = adapted.dump_sequence(statement.arranged(values), formats)
        name = self.prepared(statement.text, None if inferred else adapted.types)
        return Said(name, dumped, adapted.formats)

    def together(self, *last: "Said", begin: bool, commit: bool, judged: bool = True) -> list[Result]:
        """The results of what waited and of the `last`; one after the other, and none after an error,
        which is raised unless the results are to be judged elsewhere."""
        before, after = [Said(self.prepared(b"BEGIN"))] * begin, [Said(self.prepared(b"COMMIT"))] * commit
        saying = [*before, *self.waiting, *last, *after]
        self.waiting.clear()
        self.pgconn.enter_pipeline_mode()
        try:
            for said in saying:
                self.pgconn.send_query_prepared(*said)
            self.pgconn.pipeline_sync()
            results = list(self.results())
        finally:
            if self.pgconn.status == pq.ConnStatus.OK:
                self.pgconn.exit_pipeline_mode()
        if judged:
            results = [self.well(result) for result in results]
        return results[len(before) : len(saying) - len(after)]

    def results(self) -> Iterator[Result]:
        """All of the pipeline. libpq itself would wait holding the GIL."""
        while True:
            while self.pgconn.is_busy():
                self.answer.poll()
                self.pgconn.consume_input()
            result = self.pgconn.get_result()
            if result is not None:
                if result.status == pq.ExecStatus.PIPELINE_SYNC:
                    return
                yield result
            elif self.pgconn.status != pq.ConnStatus.OK:
                raise psycopg.OperationalError("The connection to the server is lost.")

    def prepared(self, text: bytes, types: tuple[int, ...] | None = None) -> bytes:
        """Its name on the server."""
        name = self.names.get((text, types))
        if name is None:
            name = f"iap_{next(self.numbers)}".encode()
            self.well(self.pgconn.prepare(name, text, types))
            self.names[text, types] = name
            self.forget_the_oldest()
        else:
            self.names.move_to_end((text, types))
        return name

    def forget_the_oldest(self) -> None:
        if len(self.names) > KEPT:
            _, oldest = self.names.popitem(last=False)
            self.well(self.pgconn.exec_(b"DEALLOCATE " + oldest))

    @property
    def idle(self) -> bool:
        return self.pgconn.transaction_status == pq.TransactionStatus.IDLE

    def commit(self) -> None:
        if self.waiting:
            self.together(begin=self.idle, commit=True)
        elif not self.idle:
            self.well(self.pgconn.exec_(b"COMMIT"))

    def well(self, result: Result) -> Result:
        if result.status in WELL:
            return result
        if self.pgconn.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError(result.get_error_message())
        error = psycopg.errors.error_from_result(result)
        if isinstance(error, psycopg.errors.InvalidSqlStatementName):
            self.names.clear()  # somebody else took them from the server
        raise error


def loaded(result: Result, adapted: Any) -> Rows:
    adapted.set_pgresult(result)
    rows: Rows = adapted.load_rows(0, result.ntuples, tuple)
    return rows


class Said(NamedTuple):
    """A prepared statement with its values."""

    name: bytes
    values: Any = None
    formats: Any = None


class Numbered(NamedTuple):
    """With $1 and $2, as the server wants it."""

    text: bytes
    names: tuple[str, ...] | None
    formats: tuple[PyFormat, ...]
    as_text: tuple[PyFormat, ...]

    def arranged(self, values: Values) -> Sequence[Any]:
        if self.names is None:
            return values  # type: ignore[return-value]
        return [values[name] for name in self.names]  # type: ignore[call-overload]


@lru_cache(maxsize=1024)
def numbered(sql: str) -> Numbered:
    names: dict[str, int] = {}
    order = count(1)

    def placed(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        return f"${names.setdefault(match[1], len(names) + 1) if match[1] else next(order)}"

    text = PLACEHOLDER.sub(placed, sql).encode()
    length = len(names) or next(order) - 1
    return Numbered(text, tuple(names) or None, (PyFormat.AUTO,) * length, (PyFormat.TEXT,) * length)
