"""The gate in front of the API: nothing but health passes without a credential.

It answers who stands behind a request (a Bearer token or a console session), refuses acts from other sites, and adds
the security headers to every answer. Which scope is asked for stands at each route (`faultpath.api.deps.require`).
"""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faultpath.access.model import Principal
from faultpath.access.origin import same_origin
from faultpath.access.sessions import SessionBook
from faultpath.access.tokens import TokenBook
from faultpath.api.problems import ProblemError, respond

SESSION_COOKIE = "faultpath_session"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# these check a credential of their own, which stands in the body
OWN_CREDENTIAL = frozenset({("POST", "/api/v1/session"), ("POST", "/api/v1/setup")})
OPEN = frozenset({"/healthz"})
GUARDED_PREFIXES = ("/api/", "/metrics", "/readyz")

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def bearer(headers: Headers) -> str | None:
    """The token of an ``Authorization: Bearer`` header."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value.strip() else None


def address_of(scope: Scope) -> str:
    """The address that the connection comes from."""
    client = scope.get("client")
    return client[0] if client else "unknown"


def unauthorized(detail: str) -> ProblemError:
    remedy = "send `Authorization: Bearer fp_…`, or sign in"
    return ProblemError(401, "unauthorized", detail, remedy=remedy, headers={"www-authenticate": "Bearer"})


class Gate:
    """ASGI middleware; the principal is handed on in ``scope["state"]["principal"]``."""

    def __init__(self, app: ASGIApp, tokens: TokenBook, sessions: SessionBook, public_url: str | None) -> None:
        self._app = app
        self._tokens = tokens
        self._sessions = sessions
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["principal"] = self._admit(scope)
        except ProblemError as error:
            await respond(error)(scope, receive, _hardened(send))
            return
        await self._app(scope, receive, _hardened(send))

    def _admit(self, scope: Scope) -> Principal | None:
        path, method = scope["path"], scope["method"]
        if path in OPEN or not path.startswith(GUARDED_PREFIXES):
            return None
        headers = Headers(scope=scope)
        if (method, path) in OWN_CREDENTIAL:
            self._refuse_other_sites(headers)
            return None
        principal = self._identify(scope, headers)
        if principal.csrf is not None and method not in SAFE_METHODS:
            self._refuse_forged(principal.csrf, headers)
        return principal

    def _identify(self, scope: Scope, headers: Headers) -> Principal:
        address = address_of(scope)
        if (secret := bearer(headers)) is not None:
            principal = self._tokens.check(secret, address)
            if principal is None:
                raise unauthorized("the token is unknown, expired or revoked")
            return principal
        if (cookie := _cookie(headers)) is not None:
            principal = self._sessions.check(cookie, address)
            if principal is None:
                raise unauthorized("the session is over")
            return principal
        raise unauthorized("this needs a token or a session")

    def _refuse_other_sites(self, headers: Headers) -> None:
        """A browser says where a request comes from; other clients say nothing and are let through."""
        origin = headers.get("origin")
        if origin is not None and not same_origin(origin, headers.get("host"), self._public_url):
            raise ProblemError(403, "other_origin", "the request comes from another site")

    def _refuse_forged(self, csrf: str, headers: Headers) -> None:
        if not same_origin(headers.get("origin"), headers.get("host"), self._public_url):
            raise ProblemError(403, "other_origin", "an act with a session must come from the console's own pages")
        if not hmac.compare_digest(csrf.encode(), headers.get(CSRF_HEADER, "").encode()):
            raise ProblemError(403, "csrf", "the CSRF token is missing or wrong", remedy="send it as X-CSRF-Token")


def _cookie(headers: Headers) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def _hardened(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return send_with_headers
