"""One revision of the graph, indexed for reading: names, relations both ways, search; the `Directory` of notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from itertools import islice

from cmdb.columns.columns import Columns, Edge
from cmdb.columns.names import Names
from cmdb.model import CI, CiId, Relation

DEFAULT_LANGUAGE = "en"
DEFAULT_HOURS = "24x7"


class Cis(Mapping[CiId, CI]):
    """The CIs of columns by their ids."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def __getitem__(self, ci_id: CiId) -> CI:
        number = self._columns.number_of(ci_id)
        if number is None:
            raise KeyError(ci_id)
        return self._columns.ci(number)

    def __len__(self) -> int:
        return self._columns.ci_count

    def __iter__(self) -> Iterator[CiId]:
        return (ci.ci_id for ci in self._columns.cis())


class GraphView:
    """One revision. Made once for each; never changed.

    Args:
        columns: all CIs and relations.
        names: the names in them, if they are in hand.
        is_a: whether a class (first) is another (second) or stands below it, as the catalogue says.
    """

    def __init__(self, columns: Columns, is_a: Callable[[str, str], bool], names: Names | None = None) -> None:
        self.columns = columns
        self.revision = columns.revision
        self.cis: Mapping[CiId, CI] = Cis(columns)
        self._is_a = is_a
        self._names = names or Names(columns)

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
        return self._relations(self.columns.out, ci_id, types)

    def into(self, ci_id: CiId, *types: str) -> Sequence[Relation]:
        """Relations that end at a CI; of some types, or all."""
        return self._relations(self.columns.into, ci_id, types)

    def _relations(
        self, edges: Callable[[int], Sequence[Edge]], ci_id: CiId, types: Sequence[str]
    ) -> Sequence[Relation]:
        number = self.columns.number_of(ci_id)
        if number is None:
            return ()
        return [self.columns.relation(edge) for edge in edges(number) if not types or edge.type in types]

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
        speaking = map(self.columns.ci, self.columns.mentioning("default_team"))
        teams = [ci.ci_id for ci in speaking if ci.attributes.get("default_team") is True]
        return tuple(dict.fromkeys(person for team in sorted(teams) for person in self.on_call(team)))

    def find(self, key: str) -> list[CI]:
        """The CIs that a person may mean: the one with this id, else all with this name, case aside."""
        if key in self.cis:
            return [self.cis[key]]
        return [self.columns.ci(number) for number in self._names.exactly(key)]

    def page(self, query: str | None, cls: str | None, after: tuple[str, str] | None, limit: int) -> list[CI]:
        """CIs in order of name: those of a class (subclasses included) whose name or id contains the text."""
        text = query or ""
        found = self._names.holding(text, after)
        named = {self.columns.number_of(one) for one in (text, text.upper())} - {None}
        meant = [(self._key(number), number) for number in named if number is not None]
        also = ((key, number) for key, number in meant if text.casefold() not in key[0] and (not after or key > after))
        numbers = (number for _, number in merge(found, sorted(also)))
        wanted = (self.columns.ci(n) for n in numbers if cls is None or self._is_a(self.columns.class_of(n), cls))
        return list(islice(wanted, limit))

    def _key(self, number: int) -> tuple[str, CiId]:
        return self.columns.name_of(number).casefold(), self.columns.id_of(number)

    def _attribute(self, ci_id: CiId, name: str) -> object:
        found = self.cis.get(ci_id)
        return found.attributes.get(name) if found else None
