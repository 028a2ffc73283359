"""Writes the catalogue's reference page, docs/reference/catalogue.md, from the catalogue itself.

python -m cmdb.catalogue_page docs/reference/catalogue.md
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cmdb.catalogue import AS_IS, Attribute, Catalogue, CiClass, ClaimKind, RelationType

_HEAD = """# Catalogue

What the configuration graph knows of by itself: classes, what identifies them, and relations with their meaning for
impact. It is data (`cmdb/catalogue/*.yaml`); your own files add classes, relation types and attributes
(`extend_classes`). This page is generated: `python -m cmdb.catalogue_page docs/reference/catalogue.md`."""


def page(catalogue: Catalogue) -> str:
    """The page as Markdown."""
    parts = [_HEAD, *_claim_part(catalogue), *_rank_part(catalogue), *_relation_part(catalogue)]
    return "\n".join([*parts, *_class_part(catalogue), ""])


def _claim_part(catalogue: Catalogue) -> Iterator[str]:
    yield "\n## What identifies\n"
    yield "Strongest first. Two observations that share a claim are the same thing, unless a stronger claim tells them"
    yield "apart (both have a value of it and none in common); then the claim is contested and a person decides."
    yield "Values that vendors ship on many devices alike never identify.\n"
    yield from _table(
        ("claim", "meaning", "tells apart"),
        ((f"`{kind.name}`", kind.description, _apart(kind)) for kind in catalogue.claim_kinds.values()),
    )


def _rank_part(catalogue: Catalogue) -> Iterator[str]:
    yield "\n## Whom to believe\n"
    ranks = ", then ".join(f"`{pattern}`" for pattern in catalogue.source_ranks)
    yield f"For each attribute the best trusted source wins, and among equals the newest word: {ranks}, then any other."


def _relation_part(catalogue: Catalogue) -> Iterator[str]:
    yield "\n## Relations\n"
    yield "A relation points from the dependent to what it needs, unless the table says that the other end depends."
    yield "Relations may carry `group` (requirement group at the dependent) and `weight`.\n"
    yield from _table(
        ("relation", "from", "to", "what the dependent sees", "notes"),
        (
            (f"`{known.name}`", _codes(known.from_classes), _codes(known.to_classes), _impact(known), _notes(known))
            for known in catalogue.relations.values()
        ),
    )


def _class_part(catalogue: Catalogue) -> Iterator[str]:
    yield "\n## Classes\n"
    yield "A class has all attributes of those above it."
    for known in catalogue.classes.values():
        yield f"\n{'#' * min(len(known.chain) + 2, 6)} {known.name}\n"
        yield f"{' / '.join(known.label.values())}. {_class_words(known)}"
        own = _own_attributes(catalogue, known)
        if own:
            yield ""
            yield from _table(("attribute", "type", "meaning"), (_attribute_row(each) for each in own))


def _class_words(known: CiClass) -> str:
    above = " > ".join(known.chain[:-1])
    words = f"Below {above}. " if above else ""
    if known.abstract:
        words += "Abstract: only classes below it exist. "
    if known.seen_as:
        words += f"May be seen as {_codes(known.seen_as)} by a source that knows less. "
    return f"{words}Identified by {_codes(known.identity)}."


def _own_attributes(catalogue: Catalogue, known: CiClass) -> list[Attribute]:
    above: Mapping[str, Attribute] = catalogue.classes[known.chain[-2]].attributes if len(known.chain) > 1 else {}
    return [each for name, each in known.attributes.items() if above.get(name) != each]


def _attribute_row(attribute: Attribute) -> tuple[str, str, str]:
    kind = attribute.type + (f" ({attribute.unit})" if attribute.unit else "")
    choices = f" One of {_codes(map(str, attribute.choices))}." if attribute.choices else ""
    default = f"; {attribute.default:g} where none is said" if attribute.default is not None else ""
    return (f"`{attribute.name}`", kind, f"{attribute.description}{choices}{default}".strip())


def _apart(kind: ClaimKind) -> str:
    return "everything weaker" if "*" in kind.tells_apart else _codes(sorted(kind.tells_apart))


def _impact(known: RelationType) -> str:
    if known.impact is None:
        return "nothing"
    if known.impact == AS_IS:
        return "the same"
    return ", ".join(f"{word} → {seen}" for word, seen in known.impact.items() if seen != "ok") + ", else ok"


def _notes(known: RelationType) -> str:
    notes = []
    if known.impact is not None and known.dependent == "to":
        notes.append("the `to` end depends")
    if not known.directed:
        notes.append("no direction")
    if not known.isolation_carried:
        notes.append("works on when its provider is cut off from the network")
    if known.people:
        notes.append("users reach through it")
    if known.to_at_most:
        notes.append(f"at most {known.to_at_most} each")
    notes += [f"`{each.name}`: {each.description}" for each in known.attributes.values() if each.type == "ref"]
    return "; ".join(notes)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def main(arguments: list[str]) -> int:
    """Write the page to the named file, or to standard output."""
    text = page(Catalogue.load())
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
