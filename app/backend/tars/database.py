"""The worker's pool of PostgreSQL connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from tars.errors import database_unavailable, schema_missing

Connection = psycopg.AsyncConnection[DictRow]

WAIT_SECONDS = 5.0

# A database whose host vanished sends no goodbye: without these, a query would wait for hours.
_KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Database:
    """Opens connections when they are needed and survives a database that comes and goes."""

    def __init__(self, url: str, pool_size: int) -> None:
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={
                "row_factory": dict_row,
                "connect_timeout": 5,
                "application_name": "tars-backend",
                **_KEEPALIVE,
            },
            # None is kept open in advance: the process starts, and stays alive, without a database.
            min_size=0,
            max_size=pool_size,
            timeout=WAIT_SECONDS,
            # The pool waits ever longer between attempts; giving up soon lets the next request
            # start afresh, so that a database that is back is found at once.
            reconnect_timeout=2.0,
            # A restarted database leaves dead connections behind; each is tried before use.
            check=AsyncConnectionPool.check_connection,
            open=False,
            name="tars",
        )

    async def open(self) -> None:
        """Starts the pool's helpers; connects to nothing yet."""
        await self._pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close(timeout=1.0)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection in a transaction: committed at the end, rolled back on an exception.

        Raises ApiError 503 if the database cannot be had or has no schema.
        """
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (PoolTimeout, PoolClosed, psycopg.OperationalError) as error:
            raise database_unavailable() from error
        except psycopg.errors.UndefinedTable as error:
            raise schema_missing() from error

    async def schema_version(self, seconds: float) -> int:
        """The database's version, 0 if it was never migrated. Raises what goes wrong."""
        async with asyncio.timeout(seconds):
            async with self._pool.connection(timeout=seconds) as connection:
                try:
                    cursor = await connection.execute(
                        "SELECT coalesce(max(version), 0) AS version FROM schema_migrations"
                    )
                except psycopg.errors.UndefinedTable:
                    return 0
                row = await cursor.fetchone()
                return int(row["version"]) if row else 0
