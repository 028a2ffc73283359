"""The network of a graph: cables with both ends and their VLANs, bundles, what forwards, anchors and their sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from cmdb.columns.columns import Columns
from impact.bundles import Bundle
from impact.cabling import Cable
from impact.errors import ModelError
from impact.network import Network
from impact.people import Places
from impact.vocabulary import Vocabulary

VLAN_IDS = range(1, 4095)
"""IEEE 802.1Q; 0 and 4095 are reserved."""

UNTAGGED, TAGGED, LIVES, MIN_LINKS = "untagged_vlan", "tagged_vlans", "vlans", "min_links"


def network_of(columns: Columns, vocabulary: Vocabulary) -> Network:
    """Read the network; a cable of which an end or the link is not known is left out."""

    def plays(i: int, part: str) -> bool:
        return vocabulary.plays(columns.class_of(i), part)

    device_of = {edge.start: edge.end for edge in columns.of_type(vocabulary.relation("port_of"))}
    cables = []
    for a_port, _, b_port, attributes in columns.of_type(vocabulary.relation("connects")):
        link = columns.number_of(str(attributes.get("link", "")))
        if link is not None and a_port in device_of and b_port in device_of:
            cables.append(Cable(link=link, a=device_of[a_port], a_port=a_port, b=device_of[b_port], b_port=b_port))
    cables.sort(key=lambda cable: cable.link)
    ends = {end for cable in cables for end in (cable.a, cable.b)}
    bundled = {edge.start: edge.end for edge in columns.of_type(vocabulary.relation("bundled_in"))}
    bundles = _bundles(columns, bundled, cables, device_of)
    places = places_of(columns, vocabulary)
    anchors = frozenset(i for i in columns.mentioning("anchor") if columns.ci(i).attributes.get("anchor") is True)
    sites: dict[int, set[int]] = {}
    for anchor in anchors:
        site = places.site_of(anchor)
        if site is not None:
            sites.setdefault(site, set()).add(anchor)
    return Network(
        cables=_with_vlans(columns, cables, bundles),
        transit=frozenset(end for end in ends if plays(end, "forwards")),
        anchors=anchors,
        hub=next((end for end in sorted(ends) if plays(end, "hub")), None),
        sites={site: frozenset(those) for site, those in sites.items()},
        lives=_lives(columns, ends),
        aggregates=tuple(bundles),
    )


def places_of(columns: Columns, vocabulary: Vocabulary) -> Places:
    """Where things stand."""
    located = {edge.start: edge.end for edge in columns.of_type(vocabulary.relation("located_in"))}
    return Places(located=located, is_site=lambda i: vocabulary.plays(columns.class_of(i), "site"))


# Bundles


def _bundles(
    columns: Columns, bundled: Mapping[int, int], cables: Iterable[Cable], device_of: Mapping[int, int]
) -> list[Bundle]:
    """Those of which a link is known."""
    if not bundled:
        return []
    links: dict[int, list[int]] = {}
    for cable in cables:
        for device, port in ((cable.a, cable.a_port), (cable.b, cable.b_port)):
            # a port of another device is no member, whatever is said
            if port in bundled and device_of.get(bundled[port]) == device:
                links.setdefault(bundled[port], []).append(cable.link)
    members: dict[int, int] = {}
    for port, aggregate in bundled.items():
        members[aggregate] = members.get(aggregate, 0) + (device_of.get(port) == device_of.get(aggregate))
    return [
        Bundle(
            port=port,
            device=device_of[port],
            links=tuple(links[port]),
            members=members[port],
            needs=max(1, min(_whole(columns.ci(port).attributes.get(MIN_LINKS)), members[port])),
        )
        for port in sorted(links)
    ]


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 1


# VLANs


def _with_vlans(columns: Columns, cables: list[Cable], bundles: Iterable[Bundle]) -> list[Cable]:
    """A cable carries what both of its ports do; a port of a bundle that states nothing, what the bundle does."""
    stated = {
        i: _carried(columns.ci(i).attributes) for i in {*columns.mentioning(UNTAGGED), *columns.mentioning(TAGGED)}
    }
    if not stated:
        return cables
    aggregate = {(link, bundle.device): bundle.port for bundle in bundles for link in bundle.links}

    def carried(link: int, device: int, port: int) -> frozenset[int] | None:
        return stated.get(port, stated.get(aggregate.get((link, device), -1)))

    found = []
    for cable in cables:
        one, other = carried(cable.link, cable.a, cable.a_port), carried(cable.link, cable.b, cable.b_port)
        both = one & other if one is not None and other is not None else one if other is None else other
        found.append(cable if both is None else replace(cable, vlans=both))
    return found


def _carried(attributes: Mapping[str, Any]) -> frozenset[int] | None:
    """What a port carries; ``None``, all, where it cannot be read either: unknown topology counts as reachable."""
    untagged, tagged = attributes.get(UNTAGGED), attributes.get(TAGGED)
    if untagged is None and tagged is None:
        return None
    try:
        return vlans_of([*(() if untagged is None else (untagged,)), *(tagged or ())])
    except (ModelError, TypeError):
        return None


def _lives(columns: Columns, ends: set[int]) -> dict[int, frozenset[int]]:
    found = {}
    for i in columns.mentioning(LIVES):
        said = columns.ci(i).attributes.get(LIVES)
        if i in ends and said is not None:
            try:
                vlans = vlans_of(said)
            except ModelError:
                continue
            if vlans is not None:
                found[i] = vlans
    return found


def vlans_of(said: Any, where: str = LIVES) -> frozenset[int] | None:
    """VLANs as they are written: numbers, ranges, or ``all``, which is ``None``.

    Raises:
        ModelError: something is no VLAN.
    """
    if not isinstance(said, list | tuple):
        raise ModelError(where, f"{said!r} is no list of VLANs", 'write e.g. [10, "20-29"] or [all]')
    found = set[int]()
    for one in said:
        if one == "all":
            return None
        first, _, last = str(one).partition("-")
        number = not isinstance(one, bool) and first.isdecimal() and (last or first).isdecimal()
        span = range(int(first), int(last or first) + 1) if number else range(0)
        if not span or span[0] not in VLAN_IDS or span[-1] not in VLAN_IDS:
            raise ModelError(where, f"{one!r} is no VLAN", 'write a number from 1 to 4094, a range "20-29", or all')
        found.update(span)
    return frozenset(found) if len(found) < len(VLAN_IDS) else None
