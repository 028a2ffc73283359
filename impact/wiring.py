"""The network of a graph: its cables with both ends, what forwards, the anchors and the sites in which they stand."""

from __future__ import annotations

from cmdb.columns.columns import Columns
from impact.network import Cable, Network
from impact.people import Places
from impact.vocabulary import Vocabulary


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
    places = places_of(columns, vocabulary)
    anchors = frozenset(i for i in columns.mentioning("anchor") if columns.ci(i).attributes.get("anchor") is True)
    sites: dict[int, set[int]] = {}
    for anchor in anchors:
        site = places.site_of(anchor)
        if site is not None:
            sites.setdefault(site, set()).add(anchor)
    return Network(
        cables=cables,
        transit=frozenset(end for end in ends if plays(end, "forwards")),
        anchors=anchors,
        hub=next((end for end in sorted(ends) if plays(end, "hub")), None),
        sites={site: frozenset(those) for site, those in sites.items()},
    )


def places_of(columns: Columns, vocabulary: Vocabulary) -> Places:
    """Where things stand."""
    located = {edge.start: edge.end for edge in columns.of_type(vocabulary.relation("located_in"))}
    return Places(located=located, is_site=lambda i: vocabulary.plays(columns.class_of(i), "site"))
