"""The catalogue as data: what is shipped is sound, a user's own files add to it, a mistake is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmdb.catalogue import Catalogue
from cmdb.catalogue_page import page
from cmdb.errors import CatalogueError
from cmdb.model import Claim

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "catalogue.md"


def extended(tmp_path: Path, text: str) -> Catalogue:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return Catalogue.load([path])


def test_the_reference_page_is_up_to_date(catalogue: Catalogue) -> None:
    remedy = "run python -m cmdb.catalogue_page docs/reference/catalogue.md"
    assert PAGE.read_text(encoding="utf-8") == page(catalogue), remedy


def test_every_class_and_verb_is_named_in_english_and_chinese(catalogue: Catalogue) -> None:
    labels = {name: known.label for name, known in catalogue.classes.items()}
    labels |= {name: known.label for name, known in catalogue.relations.items()}
    for name, label in labels.items():
        assert set(label) == {"en", "zh"}, name


def test_a_class_has_what_stands_above_it(catalogue: Catalogue) -> None:
    switch = catalogue.classes["Switch"]
    assert switch.chain == ("CI", "Hardware", "NetworkDevice", "Switch")
    assert {"description", "serial", "anchor"} <= set(switch.attributes)
    assert switch.identity[:3] == ("serial", "uuid", "engine_id")


@pytest.mark.parametrize(
    ("verb", "provider", "seen"),
    [
        ("DEPENDS_ON", "down", "down"),
        ("DEPENDS_ON", "at_risk", "at_risk"),
        ("INTEGRATES_WITH", "down", "degraded"),
        ("INTEGRATES_WITH", "degraded", "at_risk"),
        ("INTEGRATES_WITH", "at_risk", "ok"),
        ("COOLED_BY", "down", "at_risk"),
        ("COOLED_BY", "degraded", "at_risk"),
        ("COOLED_BY", "at_risk", "ok"),
    ],
)
def test_what_a_dependent_sees_of_its_provider(catalogue: Catalogue, verb: str, provider: str, seen: str) -> None:
    impact = catalogue.relations[verb].impact
    assert impact is not None
    assert impact[provider] == seen


@pytest.mark.parametrize("verb", ["OWNS", "MEMBER_OF", "LOCATED_IN", "PORT_OF", "CONNECTS_TO", "ENDS_AT"])
def test_relations_without_meaning_for_impact(catalogue: Catalogue, verb: str) -> None:
    assert catalogue.relations[verb].impact is None


def test_power_and_cooling_work_on_when_their_device_is_cut_off_from_the_network(catalogue: Catalogue) -> None:
    ignoring = {known.name for known in catalogue.relations.values() if not known.isolation_carried}
    assert ignoring == {"POWERED_BY", "COOLED_BY"}


def test_sources_are_ranked_by_hand_then_import_then_discovery_then_hearsay(catalogue: Catalogue) -> None:
    sources = ["manual", "import:x", "discovery:snmp", "discovery:neighbour", "something:else"]
    assert [catalogue.source_rank(source) for source in sources] == [0, 1, 2, 3, 4]


def test_own_classes_relations_and_attributes_can_be_added(tmp_path: Path) -> None:
    catalogue = extended(
        tmp_path,
        """
classes:
  Robot: {parent: IotDevice, attributes: {axes: {type: integer}}}
extend_classes:
  Hardware: {attributes: {asset_tag: {type: text}}}
relations:
  FED_BY: {from: [Robot], to: [Robot], impact: {down: degraded}}
""",
    )
    assert catalogue.chain("Robot") == ("CI", "Hardware", "IotDevice", "Robot")
    assert "asset_tag" in catalogue.classes["Robot"].attributes
    assert catalogue.relations["FED_BY"].impact == {"ok": "ok", "at_risk": "ok", "degraded": "ok", "down": "degraded"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("classes:\n  Robot: {parent: Spaceship}", 2, "Spaceship"),
        ("classes:\n  Server: {parent: Hardware}", 2, "declared already"),
        ("classes:\n  'Bad name': {parent: Hardware}", 2, "not a class name"),
        ("classes:\n  Robot:\n    parent: Hardware\n    colour: red", 4, "unknown field 'colour'"),
        ("classes:\n  Robot: {parent: Hardware, identity: [smell]}", 2, "smell"),
        ("classes:\n  R:\n    parent: CI\n    attributes:\n      a: {type: colour}", 5, "unknown type 'colour'"),
        ("relations:\n  LIKES: {from: [Server], to: [Server]}", 2, "impact"),
        ("relations:\n  LIKES: {from: [Server], to: [Robot], impact: none}", 2, "Robot"),
        ("relations:\n  LIKES:\n    from: [Server]\n    to: [Server]\n    impact: {down: sad}", 5, "sad"),
        ("relations:\n  DROP`x: {from: [Server], to: [Server], impact: none}", 2, "verb"),
        ("colours: {}", 1, "unknown section 'colours'"),
        ("classes: &x {}", 1, "anchor"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_remedy(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        extended(tmp_path, text)
    assert f"own.yaml:{line}: " in str(caught.value)
    assert words in str(caught.value)
    assert "; " in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"nowhere\.yaml: cannot be read"):
        Catalogue.load([tmp_path / "nowhere.yaml"])


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("serial", " Acme  Ltd |  x1-22 ", "acme ltd|x1-22"),
        ("serial", "Acme", None),
        ("serial", "Acme|", None),
        ("serial", "Acme|0000000", None),
        ("serial", "Acme|To be filled by O.E.M. (rev 2)", None),
        ("serial", "Acme|NONE", None),
        ("uuid", "{4C4C4544-0042-3510-8052-B4C04F384E31}", "4c4c4544-0042-3510-8052-b4c04f384e31"),
        ("uuid", "03000200-0400-0500-0006-000700080009", None),
        ("uuid", "00000000-0000-0000-0000-000000000000", None),
        ("engine_id", "0x80:00:1F:88", "80001f88"),
        ("engine_id", "0000000000", None),
        ("mac", "00-1B-21-0A-0B-0C", "00:1b:21:0a:0b:0c"),
        ("mac", "001b.210a.0b0c", "00:1b:21:0a:0b:0c"),
        ("mac", "00:00:00:00:00:00", None),
        ("mac", "ff:ff:ff:ff:ff:ff", None),
        ("mac", "00:00:5e:00:01:0a", None),
        ("mac", "00:1b:21:0a:0b", None),
        ("fqdn", "Srv1.Example.NET.", "srv1.example.net"),
        ("fqdn", "srv1", None),
        ("fqdn", "localhost.localdomain", None),
        ("fqdn", "10.0.0.1", None),
        ("address", "2001:DB8::0001", "2001:db8::1"),
        ("address", "127.0.0.1", None),
        ("address", "127.77.1.5", "127.77.1.5"),
        ("mgmt_address", "10.0.0.1:161", "10.0.0.1:161"),
        ("mgmt_address", "[2001:DB8::1]:161", "[2001:db8::1]:161"),
        ("mgmt_address", "10.0.0.1", None),
        ("mgmt_address", "10.0.0.1:99999", None),
        ("port", "GigabitEthernet 1/0/24", "gi1/0/24"),
        ("port", "Gi1/0/24", "gi1/0/24"),
        ("port", "eth0", "eth0"),
        ("key", "  ", None),
        ("smell", "roses", None),
    ],
)
def test_claims_have_one_spelling_and_junk_has_none(
    catalogue: Catalogue, kind: str, value: str, normal: str | None
) -> None:
    claim = catalogue.normal(Claim(kind=kind, value=value))
    assert (claim.value if claim else None) == normal
