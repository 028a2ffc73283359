"""Ranking every CI by what its failure alone does, beside asking what-if for each: CPU seconds, simulated companies.

python -m benchmarks.ranking
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import describe
from examples.estate.generate import generate
from impact.assess import Assessor
from impact.ranking import rank
from tests.acceptance.told import believe

SIZES = (1, 5)


def main() -> int:
    print(f"{describe()}; CPU time")
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="faultpath-bench-") as folder:
            graph = believe(generate(1, size), Path(folder)).assessor.graph
        began = time.process_time()
        found = rank(graph, len(graph.cis))
        ranked = time.process_time()
        alone = Assessor(graph)
        for ci_id in graph.ids:
            alone.what_if(ci_id)
        asked = time.process_time()
        print(
            f"estate, size {size}: {len(graph.cis):,} CIs, {len(found):,} of them hurt a service; ranked in "
            f"{ranked - began:.2f} s, what-if for each {asked - ranked:.2f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
