"""Errors of the composition root.

FaultpathError
├── SettingsError        a setting is unknown, missing or wrong; one line each
├── PackageOwnerError    another distribution owns one of our package names
├── PortInUseError       the address to listen on is taken
├── ServerEndedError     the HTTP server did not come up, or ended by itself
├── SecretsError         the key file or a sealed secret cannot be read
└── AccessError          a credential act is refused
    ├── SetupClosedError     there is an administrator already, or the one-time token is wrong
    ├── ThrottledError       too many failed sign-ins; says when to try again
    └── WrongPasswordError   name and password do not belong together
"""


class FaultpathError(Exception):
    """Base of all errors of this package. ``str(error)`` is fit to be shown to the operator."""


class SettingsError(FaultpathError):
    """A setting is unknown, missing or wrong. The text has one line for each."""


class PackageOwnerError(FaultpathError):
    """Another distribution in this environment owns one of our package names."""


class PortInUseError(FaultpathError):
    """The address to listen on is taken by another process."""


class ServerEndedError(FaultpathError):
    """The HTTP server did not come up, or ended by itself."""


class SecretsError(FaultpathError):
    """The key file or a sealed secret cannot be read."""


class AccessError(FaultpathError):
    """A credential act is refused."""


class SetupClosedError(AccessError):
    """There is an administrator already, or the one-time token is wrong."""


class ThrottledError(AccessError):
    """Too many failed sign-ins. ``retry_after_s`` says when the next try is heard."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many failed sign-ins; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class WrongPasswordError(AccessError):
    """Name and password do not belong together."""
