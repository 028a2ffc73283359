"""What can be wrong with what discovery was asked to do. What a network does not answer is a result, not an error.

::

    DiscoveryError
    └── RangeError    a range as written is none, or larger than a sweep may be
"""


class DiscoveryError(Exception):
    """Base of all errors of this package."""


class RangeError(DiscoveryError):
    """A declared range cannot be used; the text names it and the remedy."""
