"""The hub as the command line sees it: its HTTP API, with a token from the environment or a file, never from argv."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

DEFAULT_URL = "http://127.0.0.1:8080"
URL_VARIABLE = "FAULTPATH_URL"
TOKEN_VARIABLE = "FAULTPATH_TOKEN"  # noqa: S105  # the name of a variable
TIMEOUT_S = 120.0

Query = Mapping[str, str | int | list[str] | None]


class ClientError(Exception):
    """A request that did not succeed; the text is one line for the terminal, with the remedy where there is one."""


class Client:
    """Speaks to one hub."""

    def __init__(self, url: str, token: str | None) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._url = url.rstrip("/")
        self._http = httpx.Client(base_url=self._url, headers=headers, timeout=TIMEOUT_S, trust_env=False)

    def get(self, path: str, query: Query | None = None) -> Any:
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Any = None, query: Query | None = None) -> Any:
        return self._call("POST", path, query=query, json=body)

    def post_text(self, path: str, text: bytes, content_type: str, query: Query | None = None) -> Any:
        return self._call("POST", path, query=query, content=text, headers={"content-type": content_type})

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path)

    def pages(self, path: str, query: Query | None = None, limit: int | None = None) -> Iterator[Any]:
        """All items of a paged list, up to a limit."""
        asked: dict[str, str | int | list[str] | None] = dict(query or {})
        left = limit
        while True:
            asked["limit"] = min(500, left) if left is not None else 500
            page = self.get(path, asked)
            yield from page["items"]
            left = left - len(page["items"]) if left is not None else None
            if not page["next_cursor"] or (left is not None and left <= 0):
                return
            asked["cursor"] = page["next_cursor"]

    def sign_in_once(self, path: str, body: Any) -> None:
        """Post a credential and go on with the session that it opens."""
        opened = self.post(path, body)
        self._http.headers["x-csrf-token"] = opened["csrf"]
        self._http.headers["origin"] = self._url

    def _call(self, method: str, path: str, query: Query | None = None, **more: Any) -> Any:
        params = {name: value for name, value in (query or {}).items() if value is not None}
        try:
            response = self._http.request(method, f"/api/v1{path}", params=params, **more)
        except httpx.HTTPError as error:
            raise ClientError(f"no answer from {self._url}: {error}; is the hub running? (`faultpath serve`)") from None
        if response.is_success:
            return response.json() if response.content else None
        raise ClientError(_problem(response))


def _problem(response: httpx.Response) -> str:
    try:
        problem = response.json()
        lines = [f"{problem['title']}: {problem['detail']}"]
        lines += [f"  {wrong['field']}: {wrong['message']}" for wrong in problem.get("errors", [])]
        if problem.get("remedy"):
            lines.append(f"  remedy: {problem['remedy']}")
        return "\n".join(lines)
    except (ValueError, KeyError, TypeError):
        return f"the hub answered {response.status_code}"


def connect(url: str | None, token_file: Path | None) -> Client:
    """A client for the URL and token that were given, or that the environment names.

    Raises:
        ClientError: the token file cannot be read, or there is no token at all.
    """
    if token_file is not None:
        try:
            token = token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ClientError(f"{token_file} cannot be read: {error.strerror}") from None
    else:
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise ClientError(f"a token is needed: set {TOKEN_VARIABLE} or give --token-file")
    return Client(address(url), token)


def address(url: str | None) -> str:
    """Where the hub is: the option, else the environment, else this machine."""
    return url or os.environ.get(URL_VARIABLE) or DEFAULT_URL
