"""Another distribution that owns one of our names stops the start with one line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from faultpath.errors import PackageOwnerError
from faultpath.packages import NAMES, refuse_foreign_owner


def test_our_own_environment_is_accepted() -> None:
    refuse_foreign_owner()


def test_a_foreign_owner_is_named() -> None:
    with pytest.raises(PackageOwnerError, match="'discovery' belongs to the distribution 'Discovery-Client'"):
        refuse_foreign_owner({"faultpath": ["faultpath"], "discovery": ["Discovery-Client"]})


def test_all_our_packages_are_looked_at() -> None:
    settings = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    assert sorted(pattern.removesuffix("*") for pattern in patterns) == sorted(NAMES)
