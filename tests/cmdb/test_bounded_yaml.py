"""YAML from strangers: bounded, without aliases, with the line of every value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmdb.bounded_yaml import Plain, YamlError, read_yaml


def plain(text: str) -> Plain:
    return read_yaml(text.encode()).plain()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10:20:30:40:50:12", "10:20:30:40:50:12"),  # base 60 in YAML 1.1
        ("no", "no"),  # false in YAML 1.1, Norway elsewhere
        ("24x7", "24x7"),
        ("2026-01-01", "2026-01-01"),  # a date in YAML 1.1
        ("0123", 123),
        ("'0123'", "0123"),
        ("-7", -7),
        ("1.5e3", 1500.0),
        ("1.", 1.0),
        (".", "."),
        ("true", True),
        ("'true'", "true"),
        ("~", None),
        ("", None),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: Plain) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value)


def test_every_value_knows_its_line() -> None:
    root = read_yaml(b"a: 1\nlist:\n  - x\n  - {k: v,\n     l: w}\n")
    assert isinstance(root.content, dict)
    rows = root.content["list"].content
    assert isinstance(rows, list)
    last = rows[1].content
    assert isinstance(last, dict)
    assert [node.line for node in (root.content["a"], rows[0], rows[1], last["k"], last["l"])] == [1, 3, 4, 4, 5]


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a: &x 1\nb: 2", 1, "anchor"),
        (b"a: 1\nb: *x", 2, "alias"),
        (b"a: !!python/object:os.system x", 1, "tag"),
        (b"a: 1\n---\nb: 2", 3, "second document"),
        (b"a: 1\nb: 2\na: 3", 3, "stands twice"),
        (b"a: 1\n  b: [", 2, "not YAML"),
        (b"a: \xff\xfe", 1, "UTF-8"),
        (b"a: \x07", 1, "not YAML"),
        (b"? [a]\n: b", 1, "key"),
        (b"[" * 5000, 1, "nested deeper"),
        (b"a:\n" + b"".join(b" " * depth + b"- \n" for depth in range(1, 40)), 17, "nested deeper"),
        (b"x" * 2000, 1, "more than 1000"),
    ],
)
def test_what_is_refused_is_named_with_its_line(data: bytes, line: int, words: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(data, max_bytes=1000 if b"xx" in data else 100_000)
    assert words in caught.value.problem
    assert caught.value.line == line
    assert caught.value.remedy


@given(st.binary(max_size=200) | st.text(alphabet="a:-[]{}*&!|>\n '\"#?,%@1", max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        line = read_yaml(data).line
    except YamlError as error:
        line = error.line
    assert 1 <= line <= len(data) + 2
