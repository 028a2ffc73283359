"""Errors of the ledger.

LedgerError
├── LedgerLockedError        another hub holds the same file
├── LedgerVersionError       the file was written by another release
├── LedgerUnavailableError   the disk or the database refused; trying again may help
├── InboxFullError           more waits for the disk than is allowed; carries when to come back
└── NestedTransactionError   a write transaction was begun inside of another one (a programming error)
"""


class LedgerError(Exception):
    """Base of all errors of this package."""


class LedgerLockedError(LedgerError):
    """Another hub has this ledger open; the text names its process."""


class LedgerVersionError(LedgerError):
    """The file was written by a release whose schema this one does not know; the text says which of them is newer."""


class LedgerUnavailableError(LedgerError):
    """The ledger could not be written or read. Nothing of the failed transaction was kept."""


class InboxFullError(LedgerError):
    """Too many signals wait for the disk. Nothing of this call was kept; the sender should come back.

    ``retry_after_s`` is meant for ``Retry-After`` of a 429.
    """

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"the inbox is full; try again in {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class NestedTransactionError(LedgerError):
    """A write transaction was begun inside of another one."""
