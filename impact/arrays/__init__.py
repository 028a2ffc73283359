"""The compiled graph as arrays: the same answers as `impact.propagate`, for estates of a million CIs.

parts (what goes in) → build (rows, layers) → reach, evaluate, cables (questions) → grow (one relation more) → snapshot
"""
