"""A session of the request, and the person of its token: the same for all that FastAPI is asked."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload

engine = create_async_engine(os.environ["PEERS_ASYNC_DATABASE_URL"], pool_size=8, max_overflow=0)
Session = async_sessionmaker(engine, expire_on_commit=False)
bearer = HTTPBearer()


async def session() -> Any:
    async with Session() as opened:
        yield opened


InSession = Annotated[AsyncSession, Depends(session)]


def by_token(kind: Any) -> Callable[..., Any]:
    """A dependency; `kind` is the mapped class of tokens."""

    async def current_user(
        proof: Annotated[HTTPAuthorizationCredentials, Depends(bearer)], session: InSession
    ) -> Any:
        digest = hashlib.sha256(proof.credentials.encode()).hexdigest()
        valid = (
            select(kind)
            .options(joinedload(kind.user))
            .where(kind.digest == digest, kind.revoked_at.is_(None))
        )
        token = await session.scalar(valid.where(kind.expires_at > datetime.now(UTC)))
        if token is None or not token.user.is_active:
            raise HTTPException(401, "Invalid token.")
        return token.user

    return current_user
