"""Whether a browser's request comes from our own pages: the Origin check that stands beside the CSRF token."""

from __future__ import annotations

from urllib.parse import urlsplit


def same_origin(origin: str | None, host: str | None, public_url: str | None) -> bool:
    """Whether the ``Origin`` header names the host that was asked, or the public URL of the settings.

    A browser sends ``Origin`` with every request that is not a plain GET; its absence is refused here.
    """
    if not origin or origin == "null":
        return False
    if public_url and origin == "{0.scheme}://{0.netloc}".format(urlsplit(public_url)):
        return True
    return host is not None and urlsplit(origin).netloc == host
