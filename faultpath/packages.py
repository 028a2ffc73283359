"""Our top-level packages have plain names: another distribution that owns one would be imported in our place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata

from faultpath.errors import PackageOwnerError

OURS = "faultpath"
NAMES = ("alerting", "cmdb", "collectors", "discovery", "faultpath", "impact", "ledger", "ticket_bridge")


def refuse_foreign_owner(owners: Mapping[str, Sequence[str]] | None = None) -> None:
    """Check that no other distribution in this environment owns one of our package names.

    Args:
        owners: distributions by top-level package, as `importlib.metadata.packages_distributions` gives them.

    Raises:
        PackageOwnerError: with one line that names the package, its owner and the remedy.
    """
    known = metadata.packages_distributions() if owners is None else owners
    for name in NAMES:
        for owner in known.get(name, ()):
            if owner.lower() != OURS:
                raise PackageOwnerError(
                    f"the package {name!r} belongs to the distribution {owner!r} in this environment; "
                    f"install faultpath in an environment of its own"
                )
