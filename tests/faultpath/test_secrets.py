"""Sealed secrets: only this key, only this place, only this owner of the file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from faultpath.errors import SecretsError
from faultpath.secrets import SecretBox, write_private


def test_what_is_sealed_opens_for_its_place_alone(tmp_path: Path) -> None:
    box = SecretBox.from_file(tmp_path / "key")
    sealed = box.seal("public-community", "credential/a")
    assert b"public" not in sealed
    assert sealed != box.seal("public-community", "credential/a")
    assert SecretBox.from_file(tmp_path / "key").open(sealed, "credential/a") == "public-community"
    with pytest.raises(SecretsError, match="credential/b cannot be opened"):
        box.open(sealed, "credential/b")
    with pytest.raises(SecretsError, match="cannot be opened"):
        SecretBox.from_file(tmp_path / "other").open(sealed, "credential/a")
    with pytest.raises(SecretsError, match="cannot be opened"):
        box.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "credential/a")


def test_the_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep/key"
    SecretBox.from_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(SecretsError, match="set its mode to 0600"):
        SecretBox.from_file(path)


@pytest.mark.parametrize("text", ["not base64!", "c2hvcnQ="])
def test_a_wrong_key_is_named(tmp_path: Path, text: str) -> None:
    write_private(tmp_path / "key", text)
    with pytest.raises(SecretsError, match="the key"):
        SecretBox.from_file(tmp_path / "key")
