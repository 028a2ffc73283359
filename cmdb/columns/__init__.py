"""The graph at one revision as columns, for whoever needs all of it: a million CIs without an object for each.

texts (a ragged column) → columns (reading) → fill (making them) → patch (what changed since) → file (kept on disk)
"""
