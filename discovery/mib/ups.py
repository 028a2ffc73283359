"""Uninterruptible power supplies: upsIdent of UPS-MIB, RFC 1628."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.mib.table import Varbinds, text

_IDENT = "1.3.6.1.2.1.33.1.1"
MANUFACTURER = f"{_IDENT}.1.0"
MODEL = f"{_IDENT}.2.0"
OUTPUT_SOURCE = "1.3.6.1.2.1.33.1.4.1.0"

GETS = (MANUFACTURER, MODEL, OUTPUT_SOURCE)
"""The output source is asked for because some agents carry upsIdent empty; its value is the poller's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ups:
    maker: str = ""
    model: str = ""


def parse(varbinds: Varbinds) -> Ups | None:
    """None where the device does not carry the MIB."""
    if not any(varbinds.get(oid) is not None for oid in GETS):
        return None
    return Ups(maker=text(varbinds.get(MANUFACTURER)), model=text(varbinds.get(MODEL)))
