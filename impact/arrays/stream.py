"""Ids to numbers: a store's stream of relations as the arrays that an array graph is built from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np

from impact.rows import Array, Ints32

Related: TypeAlias = tuple[str, str, int]
"""Id of the dependent, id of the provider, number of the lens."""


def numbered(ids: Sequence[str], chunks: Iterable[Sequence[Related]]) -> tuple[Ints32, Ints32, Array]:
    """Dependents, providers and lenses, (m,) each; ``ids`` are numbered as they stand.

    Raises:
        KeyError: a relation names an id that is not there.
    """
    number = {ci_id: at for at, ci_id in enumerate(ids)}
    parts = [_chunk(number, chunk) for chunk in chunks if chunk]
    table = np.concatenate(parts) if parts else np.zeros((0, 3), np.int32)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]), table[:, 2].astype(np.uint16)


def _chunk(number: dict[str, int], chunk: Sequence[Related]) -> Ints32:
    dependents, providers, lenses = zip(*chunk, strict=True)
    flat = chain(map(number.__getitem__, dependents), map(number.__getitem__, providers), lenses)
    return np.fromiter(flat, np.int32, 3 * len(chunk)).reshape(3, -1).T
