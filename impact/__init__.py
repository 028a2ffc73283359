"""What breaks: compiled graph, graded evaluation, reachability, verdicts, roots, people. No I/O, no clocks."""
