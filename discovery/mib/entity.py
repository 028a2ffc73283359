"""The box and its parts: entPhysicalTable of ENTITY-MIB, RFC 6933."""

from __future__ import annotations

from dataclasses import dataclass

from discovery.mib.table import Varbinds, columns, number, rows, text

_ENTRY = "1.3.6.1.2.1.47.1.1.1.1"
_DESCR, _CONTAINED_IN, _CLASS, _NAME, _SERIAL, _MAKER, _MODEL = 2, 4, 5, 7, 11, 12, 13

WALKS = columns(_ENTRY, _DESCR, _CONTAINED_IN, _CLASS, _NAME, _SERIAL, _MAKER, _MODEL)

CHASSIS, STACK = 3, 11  # PhysicalClass
_FRAMES = frozenset({4, 5, 9})  # backplane, container, module


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One physical part. ``contained_in`` is 0 for the outermost, None where the agent does not tell."""

    index: int
    descr: str = ""
    contained_in: int | None = None
    part_class: int | None = None
    name: str = ""
    serial: str = ""
    maker: str = ""
    model: str = ""


def parse(varbinds: Varbinds) -> tuple[Part, ...]:
    return tuple(
        Part(
            index=index[0],
            descr=text(row.get(_DESCR)),
            contained_in=number(row.get(_CONTAINED_IN)),
            part_class=number(row.get(_CLASS)),
            name=text(row.get(_NAME)),
            serial=text(row.get(_SERIAL)),
            maker=text(row.get(_MAKER)),
            model=text(row.get(_MODEL)),
        )
        for index, row in rows(varbinds, _ENTRY).items()
        if len(index) == 1
    )


def chassis(parts: tuple[Part, ...]) -> Part | None:
    """The part that stands for the whole device.

    The first chassis with a serial number; else a stack, the outermost part, the first part of an agent that leaves
    classes out, or what lies directly in a chassis without one. In a stack of several chassis the lowest index is the
    first member, which is what the device's own CLI shows as its serial number.
    """
    numbered = [part for part in parts if part.serial]
    order = (
        [part for part in numbered if part.part_class == CHASSIS],
        [part for part in numbered if part.part_class == STACK],
        [part for part in numbered if part.contained_in == 0],
        [part for part in numbered if all(one.part_class is None for one in parts)],
        _only_inside(parts, numbered),
        [part for part in parts if part.part_class in (CHASSIS, STACK)],
        [part for part in parts if part.contained_in == 0],
    )
    return next((group[0] for group in order if group), None)


def _only_inside(parts: tuple[Part, ...], numbered: list[Part]) -> list[Part]:
    """The board or frame right inside of the outermost part, if all such parts share one serial number."""
    outermost = {part.index for part in parts if part.contained_in == 0}
    inside = [part for part in numbered if part.contained_in in outermost and part.part_class in _FRAMES]
    return inside if len({part.serial for part in inside}) == 1 else []
