"""Which credentials may be tried at a place: those that its declared ranges name, in the order of trying."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collectors.snmp.session import CommunityV2c, Credential
from discovery.ranges import Place, Range, ranges_of


def allowed_at(
    place: Place, ranges: Sequence[Range], credentials: Mapping[str, Credential], remembered: str | None = None
) -> Sequence[str]:
    """Names of credentials: what opened the place last time, then v3, then v2c.

    A community only where a range that names it allows v2c; ``remembered`` only if a range still names it. Nothing
    where no range holds the place.
    """

    def is_v2c(name: str) -> bool:
        return isinstance(credentials[name], CommunityV2c)

    allowed = {
        name: None
        for one in ranges_of(ranges, place)
        for name in one.credentials
        if name in credentials and (one.allow_v2c or not is_v2c(name))
    }
    return sorted(allowed, key=lambda name: (name != remembered, is_v2c(name)))
