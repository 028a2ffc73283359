"""What vendors registered, as data: the maker and the class behind a sysObjectID or a sysDescr."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cmdb.bounded_yaml import read_yaml

_FILE = Path(__file__).parent / "vendors.yaml"
_ENTERPRISES = "1.3.6.1.4.1."
_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is known of a product. Empty where nothing is."""

    vendor: str = ""
    cls: str = ""
    os: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """The shipped tables. ``by_prefix`` keys are below ``1.3.6.1.4.1``."""

    by_prefix: Mapping[str, Product]
    by_words: tuple[tuple[tuple[str, ...], Product], ...]
    host_processors: tuple[str, ...]
    virtual_macs: tuple[str, ...]
    unspecific_macs: tuple[str, ...]

    def product(self, object_id: str, descr: str) -> Product:
        """Maker, class and system of a device, from its sysObjectID and, for what that leaves open, its sysDescr."""
        registered = self._registered(object_id)
        described = next(
            (product for words, product in self.by_words if all(word in descr for word in words)), Product()
        )
        return Product(
            vendor=registered.vendor or described.vendor,
            cls=described.cls if registered.cls in ("", "NetworkDevice") and described.cls else registered.cls,
            os=registered.os or described.os,
        )

    def _registered(self, object_id: str) -> Product:
        if not object_id.startswith(_ENTERPRISES):
            return Product()
        found = Product()
        parts = object_id.removeprefix(_ENTERPRISES).split(".")
        for length in range(1, len(parts) + 1):
            longer = self.by_prefix.get(".".join(parts[:length]))
            if longer is not None:
                found = Product(
                    vendor=longer.vendor or found.vendor, cls=longer.cls or found.cls, os=longer.os or found.os
                )
        return found

    def is_host(self, descr: str) -> bool:
        """Whether a system's description names a processor that general-purpose hosts have."""
        return any(processor in descr for processor in self.host_processors)

    def is_virtual(self, mac: str) -> bool:
        """Whether a hypervisor made this MAC up for a virtual machine."""
        return mac.startswith(self.virtual_macs)

    def is_unspecific(self, mac: str) -> bool:
        """Whether many hosts have this MAC alike, so that it identifies none."""
        return mac.startswith(self.unspecific_macs)


@lru_cache(maxsize=1)
def shipped() -> Knowledge:
    """The tables shipped with this package."""
    content = read_yaml(_FILE.read_bytes(), max_bytes=_BYTES).plain()
    assert isinstance(content, dict)
    vendors, descriptions = content["vendors"], content["descriptions"]
    assert isinstance(vendors, dict)
    assert isinstance(descriptions, list)
    return Knowledge(
        by_prefix={prefix: _product(entry) for prefix, entry in vendors.items()},
        by_words=tuple((_texts(entry["words"]), _product(entry)) for entry in descriptions if isinstance(entry, dict)),
        host_processors=_texts(content["host_processors"]),
        virtual_macs=_texts(content["virtual_macs"]),
        unspecific_macs=_texts(content["unspecific_macs"]),
    )


def _product(entry: object) -> Product:
    assert isinstance(entry, dict)
    return Product(vendor=entry.get("vendor", ""), cls=entry.get("class", ""), os=entry.get("os", ""))


def _texts(node: object) -> tuple[str, ...]:
    assert isinstance(node, list)
    return tuple(str(item) for item in node)
