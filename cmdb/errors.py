"""Errors of the configuration graph.

CmdbError
├── CatalogueError           a class or relation file is wrong
├── ClaimTakenError          a claim belongs to another CI
├── UnknownCiError           a relation or claim names a CI that is not there
├── RevisionMovedError       the graph changed since it was read; read it again
├── StoreUnusableError       trying again does not help
│   ├── StoreSchemaError         the store was written by a newer version, or is not ours
│   ├── StoreAddressError        the driver takes no such address
│   └── StoreLockedError         another hub has the store open
└── StoreUnavailableError    the store does not answer; trying again may help
"""


class CmdbError(Exception):
    """Base of all errors of this package."""


class CatalogueError(CmdbError):
    """A class or relation file is wrong; the text names file, entry and remedy."""


class ClaimTakenError(CmdbError):
    """A claim belongs to another CI; nothing was written."""


class UnknownCiError(CmdbError):
    """A relation or claim names a CI that is not there; nothing was written."""


class RevisionMovedError(CmdbError):
    """The graph changed since the revision that a change set was drawn up on; nothing was written. Draw it up anew."""


class StoreUnusableError(CmdbError):
    """The store cannot be used as it is or as it is named. Trying again does not help."""


class StoreSchemaError(StoreUnusableError):
    """The store was written by a newer version of the hub, or is not a graph of ours."""


class StoreAddressError(StoreUnusableError):
    """The driver takes no such address."""


class StoreLockedError(StoreUnusableError):
    """Another hub has the store open; the text names its process."""


class StoreUnavailableError(CmdbError):
    """The store does not answer. Nothing is known of the write; repeating it with its key is safe."""
