"""One revision of the graph, indexed for reading: names, relations both ways, search; the `Directory` of notices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property

from cmdb.model import CI, CiId, Relation, Snapshot

DEFAULT_LANGUAGE = "en"
DEFAULT_HOURS = "24x7"


class GraphView:
    """A snapshot with its indexes. Built once per revision; never changed.

    Args:
        snapshot: all CIs and relations.
        is_a: whether a class (first) is another (second) or stands below it, as the catalogue says.
    """

    def __init__(self, snapshot: Snapshot, is_a: Callable[[str, str], bool]) -> None:
        self.snapshot = snapshot
        self.revision = snapshot.revision
        self.cis: dict[CiId, CI] = {ci.ci_id: ci for ci in snapshot.cis}
        self._is_a = is_a
        self._out: dict[CiId, list[Relation]] = defaultdict(list)
        self._into: dict[CiId, list[Relation]] = defaultdict(list)
        for relation in snapshot.relations:
            self._out[relation.from_id].append(relation)
            self._into[relation.to_id].append(relation)

    def name(self, ci_id: CiId) -> str:
        """The CI's name, or its id when it is not (or no longer) in the graph."""
        found = self.cis.get(ci_id)
        return found.name if found else ci_id

    def email(self, person_id: CiId) -> str | None:
        address = self._attribute(person_id, "email")
        return address if isinstance(address, str) else None

    def language(self, person_id: CiId) -> str:
        language = self._attribute(person_id, "language")
        return language if language in ("en", "zh") else DEFAULT_LANGUAGE

    def hours(self, service_id: CiId) -> str:
        """When it is needed: as it says, or as what it is part of says."""
        for one in (service_id, *sorted(r.to_id for r in self.out(service_id, "PART_OF"))):
            hours = self._attribute(one, "hours")
            if isinstance(hours, str):
                return hours
        return DEFAULT_HOURS

    def is_vip(self, person_id: CiId) -> bool:
        return self._attribute(person_id, "vip") is True

    def is_a(self, ci_id: CiId, cls: str) -> bool:
        """Whether a CI is of a class or of one below it."""
        found = self.cis.get(ci_id)
        return found is not None and self._is_a(found.cls, cls)

    def out(self, ci_id: CiId, *types: str) -> Sequence[Relation]:
        """Relations that start at a CI; of some types, or all."""
        return [r for r in self._out.get(ci_id, ()) if not types or r.type in types]

    def into(self, ci_id: CiId, *types: str) -> Sequence[Relation]:
        """Relations that end at a CI; of some types, or all."""
        return [r for r in self._into.get(ci_id, ()) if not types or r.type in types]

    def department(self, person_id: CiId) -> CiId | None:
        """The department of which a person is a member."""
        found = (r.to_id for r in self.out(person_id, "MEMBER_OF") if self.is_a(r.to_id, "Department"))
        return min(found, default=None)

    def on_call(self, team_id: CiId) -> tuple[CiId, ...]:
        """The persons who are on call for a team."""
        return tuple(sorted(r.from_id for r in self.into(team_id, "ON_CALL_FOR")))

    @cached_property
    def default_on_call(self) -> tuple[CiId, ...]:
        """The persons who are on call for the default team (``default_team: true``)."""
        teams = [ci.ci_id for ci in self.cis.values() if ci.attributes.get("default_team") is True]
        return tuple(dict.fromkeys(person for team in sorted(teams) for person in self.on_call(team)))

    def find(self, key: str) -> list[CI]:
        """The CIs that a person may mean: the one with this id, else all with this name, case aside."""
        if key in self.cis:
            return [self.cis[key]]
        return [self.cis[ci_id] for name, ci_id in self._by_name if name == key.casefold()]

    def page(self, query: str | None, cls: str | None, after: tuple[str, str] | None, limit: int) -> list[CI]:
        """CIs in order of name: those of a class (subclasses included) whose name or id contains the text."""
        text = (query or "").casefold()
        found: list[CI] = []
        for name, ci_id in self._by_name:
            if after is not None and (name, ci_id) <= after:
                continue
            ci = self.cis[ci_id]
            if (text in name or text == ci_id.casefold()) and (cls is None or self._is_a(ci.cls, cls)):
                found.append(ci)
                if len(found) == limit:
                    break
        return found

    @cached_property
    def _by_name(self) -> list[tuple[str, CiId]]:
        return sorted((ci.name.casefold(), ci.ci_id) for ci in self.cis.values())

    def _attribute(self, ci_id: CiId, name: str) -> object:
        found = self.cis.get(ci_id)
        return found.attributes.get(name) if found else None
