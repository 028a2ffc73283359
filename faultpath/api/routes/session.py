"""Signing in and out, the first administrator, and who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from faultpath.access.model import Principal
from faultpath.access.sessions import Session
from faultpath.access.users import User
from faultpath.api.deps import Api, ApiState, Who
from faultpath.api.gate import SESSION_COOKIE, address_of, unauthorized
from faultpath.api.problems import FieldError, ProblemError
from faultpath.api.shapes import Shape
from faultpath.errors import SetupClosedError, ThrottledError, WrongPasswordError

router = APIRouter(tags=["access"])

UserName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
Password = Annotated[str, Field(max_length=1024)]


class SignIn(Shape):
    """Name and password of a console user."""

    name: UserName
    password: Password


class SetUp(SignIn):
    """The first administrator, and the one-time token from the file that the hub wrote at its start."""

    token: Annotated[str, Field(max_length=200)]


class SignedIn(Shape):
    """A console session. ``csrf`` must come back as ``X-CSRF-Token`` with every act."""

    user: str
    scopes: list[str]
    csrf: str
    expires_at: datetime


class Me(Shape):
    """Who stands behind this credential. ``csrf`` is set for console sessions."""

    actor: str
    scopes: list[str]
    csrf: str | None


def _throttled(error: ThrottledError) -> ProblemError:
    return ProblemError(429, "throttled", str(error), headers={"retry-after": str(error.retry_after_s)})


def _begin(api: ApiState, request: Request, response: Response, user: User) -> SignedIn:
    session, secret = api.sessions.open(user, address_of(request.scope))
    _set_cookie(api, response, secret, session)
    api.metrics.sign_ins.labels("accepted").inc()
    return SignedIn(user=session.user, scopes=sorted(session.scopes), csrf=session.csrf, expires_at=session.expires_at)


def _set_cookie(api: ApiState, response: Response, secret: str, session: Session) -> None:
    asked = api.settings.access.cookie_secure
    secure = asked if asked is not None else (api.settings.http.public_url or "").startswith("https://")
    lifetime_s = int((session.expires_at - api.clock.now()).total_seconds())
    response.set_cookie(
        SESSION_COOKIE, secret, max_age=lifetime_s, path="/", secure=secure, httponly=True, samesite="strict"
    )


@router.post("/session", status_code=201)
async def sign_in(body: SignIn, api: Api, request: Request, response: Response) -> SignedIn:
    """Sign in. The session comes as a cookie (HttpOnly, SameSite=Strict)."""
    try:
        user = await api.users.sign_in(body.name, body.password, address_of(request.scope))
    except WrongPasswordError as error:
        api.metrics.sign_ins.labels("refused").inc()
        raise unauthorized(str(error)) from None
    except ThrottledError as error:
        api.metrics.sign_ins.labels("throttled").inc()
        raise _throttled(error) from None
    return _begin(api, request, response, user)


@router.delete("/session", status_code=204)
async def sign_out(api: Api, who: Who, response: Response) -> None:
    """Sign out: the session ends at once."""
    if who.csrf is None:
        raise ProblemError(409, "no_session", "this credential is a token, not a session", remedy="revoke the token")
    api.sessions.close(who)
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.post("/setup", status_code=201)
async def set_up(body: SetUp, api: Api, request: Request, response: Response) -> SignedIn:
    """Make the first administrator, once, with the one-time token; signs them in."""
    least = api.settings.access.min_password
    if len(body.password) < least:
        wrong = FieldError(field="password", message=f"must have at least {least} characters")
        raise ProblemError(422, "weak_password", "the password is too short", errors=[wrong])
    try:
        user = await api.users.set_up(body.token, body.name, body.password, address_of(request.scope))
    except SetupClosedError as error:
        raise unauthorized(str(error)) from None
    except ThrottledError as error:
        raise _throttled(error) from None
    return _begin(api, request, response, user)


@router.get("/me")
async def me(who: Who) -> Me:
    """Who one is, and what one may do."""
    return _me(who)


def _me(who: Principal) -> Me:
    return Me(actor=who.actor, scopes=sorted(who.scopes), csrf=who.csrf)
