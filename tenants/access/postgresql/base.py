"""PostgreSQL with a guard that cannot be left out, because it is the ENGINE.

A statement that names a tenant table outside a context raises, so that a forgotten context is an
error on the developer's screen and not an empty list on the officer's. Past the guard, the
policies would show no row anyway.
"""

import re
import select
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction

from tenants.access.context import Context, TenancyError, current
from tenants.access.postgresql.prepared import Asked, MisjudgedError, Rows, Statements, Values
from tenants.access.published import is_read_outside

# Fixes of CVE-2024-10976 (policies lost in re-used plans) and CVE-2025-8713 (statistics of hidden rows).
OLDEST = {16: 160010, 17: 170006, 18: 180000}
APPLICATION_ROLE = "iap_app"


class DatabaseWrapper(base.DatabaseWrapper):
    """Refuses a login that could look past the policies, and statements that forgot their context."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(self._guarded)
        self.statements: Statements | None = None
        self.ended: Context | None = None
        self.answered: tuple[Asked, Rows] | None = None

    def init_connection_state(self) -> None:
        super().init_connection_state()
        self.statements = Statements(self.connection)
        refuse_old_server(self.pg_version)
        refuse_powerful_login(self.connection)

    def is_usable(self) -> bool:
        """Without a question to the server: a connection that it has closed is readable."""
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        return not waiting.poll(0)

    def rows(self, sql: str, values: Values, *, last: bool = False, forwarded: bool = False) -> Rows:
        """The rows of a prepared statement; past Django's cursors, but not past the guard.

        The `last` of a transaction commits it, unless it stands inside another; nothing of its context
        can be asked after it.
        """
        answered, self.answered = self.answered, None
        statements = self.speaking(sql)
        if answered is None:
            with self.wrap_database_errors:
                found = statements.rows(
                    sql, values, begin=self.begins, commit=self.commits(last), forwarded=forwarded
                )
        elif answered[0] == Asked(sql, values, forwarded, last):
            found = answered[1]
        else:
            raise MisjudgedError
        if last:
            self.ended = current()
        return found

    def rows_and_ahead(self, sql: str, values: Values, ahead: Asked) -> Rows:
        """The rows of a prepared statement, when it is likely which one comes next.

        That one's rows are kept for whoever asks exactly it, next; who asks anything else is told that
        he was `MisjudgedError`, and begins again.
        """
        statements = self.speaking(sql)
        with self.wrap_database_errors:
            found, kept = statements.rows_of_both(
                sql, values, ahead, begin=self.begins, commit=self.commits(ahead.last)
            )
        self.answered = ahead, kept
        return found

    def commits(self, last: bool) -> bool:
        """Unless the transaction stands inside another."""
        return last and len(self.atomic_blocks) == 1

    def later(self, sql: str, values: Values) -> None:
        """A prepared statement whose result nobody waits for: it goes out with the next one, or with the
        COMMIT, and it is there that its error comes up."""
        self.speaking(sql).later(sql, values)
        if not self.in_atomic_block:
            self.send()

    def send(self) -> None:
        """What is waiting."""
        if self.statements and self.statements.waiting:
            with self.wrap_database_errors:
                self.statements.together(begin=self.begins, commit=False)

    def speaking(self, sql: str) -> Statements:
        self.ensure_connection()
        self.guard(sql)
        if self.queries_logged:
            self.queries_log.append({"sql": sql, "time": "0"})
        assert self.statements is not None  # noqa: S101
        return self.statements

    @property
    def begins(self) -> bool:
        assert self.statements is not None  # noqa: S101
        return not self.autocommit and self.statements.idle

    def _commit(self) -> None:
        self.answered = None
        if self.connection is not None and self.statements:
            with debug_transaction(self, "COMMIT"), self.wrap_database_errors:
                self.statements.commit()

    def _rollback(self) -> None:
        self.forget()
        super()._rollback()  # type: ignore[misc]

    def _savepoint_commit(self, sid: str) -> None:
        self.answered = None
        super()._savepoint_commit(sid)  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self.forget()
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def forget(self) -> None:
        """What is waiting: what came before the savepoint has gone out with it. And what was sent ahead."""
        self.answered = None
        if self.statements:
            self.statements.waiting.clear()

    def guard(self, sql: str) -> None:
        """Also for those who go past Django's cursors."""
        if self.answered is not None:
            raise MisjudgedError
        if self.settings_dict["USER"] == APPLICATION_ROLE and names_a_tenant_table(sql):
            context = current()
            if context is None:
                raise TenancyError(f"A tenant table outside a context: {sql[:120]}")
            if not self.in_atomic_block:
                raise TenancyError(f"A tenant table outside the context's transaction: {sql[:120]}")
            if context.reads_what_is_published and names_a_hidden_table(sql):
                raise TenancyError(f"A table of which nothing is published: {sql[:120]}")
            if context is self.ended:
                raise TenancyError(f"A tenant table after the last statement of its context: {sql[:120]}")

    def _guarded(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.guard(str(sql))
        self.send()
        return execute(sql, params, many, context)


def refuse_old_server(version: int) -> None:
    oldest = OLDEST.get(version // 10000, OLDEST[18])
    if version < oldest:
        raise ImproperlyConfigured(
            f"PostgreSQL {version} leaks rows past policies; {oldest} or newer is needed."
        )


def refuse_powerful_login(connection: Any) -> None:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    if connection.execute(query).fetchone()[0]:
        raise ImproperlyConfigured("This login bypasses row level security: log in as iap_app or iap_owner.")


@lru_cache(maxsize=4096)
def names_a_tenant_table(sql: str) -> bool:
    return bool(tenant_tables().search(sql))


@lru_cache(maxsize=4096)
def names_a_hidden_table(sql: str) -> bool:
    return bool(hidden_tables().search(sql))


@cache
def tenant_tables() -> re.Pattern[str]:
    return any_of(m for m in apps.get_models() if getattr(m, "city_owned", False))


@cache
def hidden_tables() -> re.Pattern[str]:
    """Tenant tables of which no row can be published."""
    return any_of(m for m in apps.get_models() if getattr(m, "city_owned", False) and not is_read_outside(m))


def any_of(models: Iterable[Any]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(m._meta.db_table) for m in models) + r")\b")
