"""The console's built files. They hold code and no data, so they are open; every figure comes from the API."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

YEAR_S = 31_536_000


class Console(StaticFiles):
    """Serves ``web/dist``; an address of the console that is no file gets its page, which routes by itself."""

    def __init__(self, dist: Path) -> None:
        super().__init__(directory=dist, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in path.rpartition("/")[2] or path.startswith("api/"):
                raise
            response = await super().get_response("index.html", scope)
        # the names of built assets hold a hash of their content
        lasting = path.startswith("assets/") and response.status_code == 200
        response.headers["cache-control"] = f"public, max-age={YEAR_S}, immutable" if lasting else "no-cache"
        return response
