"""API tokens: list, make, revoke."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from faultpath.access.model import ADMIN, Principal
from faultpath.access.tokens import Token, known_scope
from faultpath.api.deps import Api, require
from faultpath.api.problems import FieldError, ProblemError, not_found
from faultpath.api.shapes import Shape

router = APIRouter(tags=["access"])
Admin = Annotated[Principal, Depends(require(ADMIN))]


class TokenOut(Shape):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenNew(Shape):
    """A token to make. Scopes: ``read``, ``write``, ``admin``, ``intake:<source>``."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    scopes: Annotated[list[str], Field(min_length=1, max_length=20)]
    expires_in_days: Annotated[float | None, Field(gt=0, le=3650)] = None


class TokenMade(TokenOut):
    """A token that was just made. ``secret`` is shown this once and kept nowhere."""

    secret: str


class TokenList(Shape):
    """All tokens, revoked ones too."""

    items: list[TokenOut]


def _shape(token: Token) -> dict[str, object]:
    return {
        "id": token.token_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }


@router.get("/tokens")
async def list_tokens(api: Api, _who: Admin) -> TokenList:
    """All tokens, the newest first."""
    return TokenList(items=[TokenOut.model_validate(_shape(token)) for token in api.tokens.all()])


@router.post("/tokens", status_code=201)
async def create_token(body: TokenNew, api: Api, who: Admin) -> TokenMade:
    """Make a token. Its secret is in this answer and nowhere else."""
    if unknown := [scope for scope in body.scopes if not known_scope(scope)]:
        wrong = [FieldError(field="scopes", message=f"{scope!r} is no scope") for scope in unknown]
        remedy = "use read, write, admin or intake:<source>; a source is up to 64 letters, digits, dots, dashes"
        raise ProblemError(422, "unknown_scope", "a scope is unknown", remedy=remedy, errors=wrong)
    expires_at = api.clock.now() + timedelta(days=body.expires_in_days) if body.expires_in_days else None
    token, secret = api.tokens.create(who, body.name, frozenset(body.scopes), expires_at)
    return TokenMade.model_validate(_shape(token) | {"secret": secret})


@router.delete("/tokens/{token_id}", status_code=204)
async def revoke_token(token_id: str, api: Api, who: Admin) -> None:
    """Revoke a token at once."""
    if api.tokens.revoke(who, token_id) is None:
        raise not_found("token", token_id)
