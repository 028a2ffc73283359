"""The settings: one frozen tree, validated before anything starts, read by `faultpath.wiring` alone.

Sources, strongest first: arguments of `load`, the environment (``FAULTPATH_HTTP__PORT=8081``), a YAML file
(``--config``, ``FAULTPATH_CONFIG``, else ``faultpath.yaml`` in the working directory), the defaults below.
Each setting is described in ``docs/reference/settings.md``; a test compares both.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pydantic_settings
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from cmdb.bounded_yaml import YamlError, read_yaml
from faultpath.errors import SettingsError
from ticket_bridge.notices.mail import mailbox
from ticket_bridge.settings import IncidentPolicy, NoticePolicy

ENV_PREFIX = "FAULTPATH_"
ENV_DELIMITER = "__"
SQLITE = "sqlite:///"
NEO4J = ("neo4j://", "neo4j+s://", "bolt://", "bolt+s://")
CONFIG_VARIABLE = "FAULTPATH_CONFIG"
DEFAULT_FILE = Path("faultpath.yaml")
MAX_FILE_BYTES = 1_000_000
# Variables that belong to the command line client or to tests, not to the tree.
OTHER_VARIABLES = frozenset({CONFIG_VARIABLE, "FAULTPATH_URL", "FAULTPATH_TOKEN", "FAULTPATH_KILL_AT"})
OTHER_PREFIXES = ("FAULTPATH_TEST_",)


def _web_address(url: str) -> str:
    """A URL that is fit to be shown: what stands in one is written to logs, pages and mails."""
    try:
        parts = urlsplit(url)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # its text repeats the URL
        complete = False
    if "@" in url:
        raise ValueError("url must not hold a user or a password; take them out")
    if not complete:
        raise ValueError("url needs a host, as in SCHEME://HOST or SCHEME://HOST:PORT")
    return url


def _graph_url(url: str) -> str:
    if url.startswith(SQLITE):
        return url
    if not url.startswith(NEO4J):
        raise ValueError(f"url must begin with one of {', '.join((SQLITE, *NEO4J))}")
    return _web_address(url)


def _ledger_url(url: str) -> str:
    if not url.startswith(SQLITE):
        raise ValueError(f"url must begin with {SQLITE}")
    return url


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one as in UTC or Asia/Shanghai") from None
    return name


def _sender(address: str) -> str:
    """With the name before it, if it has one."""
    try:
        mailbox(address)
    except ValueError as error:
        raise ValueError(f"{error}; write one as in Faultpath <faultpath@example.org>") from None
    return address


Port = Annotated[int, Field(ge=0, le=65535)]
TEN_YEARS_S = 10 * 365 * 24 * 3600.0
Seconds = Annotated[float, Field(gt=0, le=TEN_YEARS_S)]
Days = Annotated[float, Field(gt=0, le=TEN_YEARS_S / (24 * 3600))]
Hours = Annotated[float, Field(gt=0, le=TEN_YEARS_S / 3600)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class Section(BaseModel):
    """A branch of the tree: frozen, and a key that is not here is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(Section):
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: WebAddress | None = None
    max_body_bytes: int = Field(default=8_000_000, ge=1_000)
    stop_timeout_s: Seconds = 5.0


class GraphSettings(Section):
    url: Annotated[str, AfterValidator(_graph_url)] = "sqlite:///graph.db"
    user: str = "neo4j"
    password: SecretStr | None = None
    password_file: Path | None = None
    database: str = "neo4j"
    retry_s: Seconds = 5.0


class LedgerSettings(Section):
    url: Annotated[str, AfterValidator(_ledger_url)] = "sqlite:///ledger.db"


class IntakeSettings(Section):
    max_waiting: int = Field(default=20_000, ge=1)


class RetentionSettings(Section):
    inbox_days: Days = 7.0
    cleared_alerts_days: Days = 90.0
    health_days: Days = 400.0


class CatalogueSettings(Section):
    """Files of the user's own beside the shipped data."""

    classes: tuple[Path, ...] = ()
    mappings: tuple[Path, ...] = ()
    traps: tuple[Path, ...] = ()
    topics: tuple[Path, ...] = ()
    faults: tuple[Path, ...] = ()


class TrapSettings(Section):
    enabled: bool = True
    host: str = "127.0.0.1"
    port: Port = 1162


class SnmpSettings(Section):
    enabled: bool = True
    session: Literal["gufo", "pysnmp"] = "gufo"
    poll_interval_s: Seconds = 60.0
    trouble_interval_s: Seconds = 10.0
    timeout_s: Seconds = 1.0
    tries: int = Field(default=3, ge=1, le=10)
    traps: TrapSettings = TrapSettings()


class BrokerSettings(Section):
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    host: str
    port: Port = 1883
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    tls: bool = False
    ca_file: Path | None = None
    protocol: Literal["3.1.1", "5"] = "5"
    client_id: str = "faultpath"
    trusted: bool = True
    ci: str | None = None
    keepalive_s: int = Field(default=20, ge=5, le=3600)
    session_expiry_s: int = Field(default=7 * 24 * 3600, ge=0)
    lost_after_s: Seconds = 2.0
    catch_up_s: Seconds = 10.0


class MqttSettings(Section):
    brokers: tuple[BrokerSettings, ...] = ()


class SmtpSettings(Section):
    """The relay for mail; without a host there is no mail, and notices are refused with that reason."""

    host: str | None = None
    port: Port = 25
    security: Literal["none", "starttls", "tls"] = "none"
    username: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    sender: Annotated[str, AfterValidator(_sender)] = "Faultpath <faultpath@localhost>"
    message_id_domain: str = "faultpath.invalid"
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    connections: int = Field(default=4, ge=1, le=64)
    timeout_s: Seconds = 20.0


class SituationSettings(Section):
    settle_s: Seconds = 10.0
    settle_max_s: Seconds = 30.0
    hold_s: Seconds = 15.0
    outlive_s: Seconds = 300.0


def _over_shipped(policy: type[IncidentPolicy | NoticePolicy]) -> BeforeValidator:
    """The operator's keys in place of the shipped ones, each as a whole."""

    def merge(given: Any) -> Any:
        return policy.load().model_dump() | dict(given) if isinstance(given, Mapping) else given

    return BeforeValidator(merge)


class AccessSettings(Section):
    session_hours: Hours = 12.0
    cookie_secure: bool | None = None
    sign_in_tries: int = Field(default=5, ge=1)
    sign_in_window_s: Seconds = 300.0
    min_password: int = Field(default=10, ge=8)


class SecretSettings(Section):
    key: SecretStr | None = None
    key_file: Path = Path("secrets.key")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class ConsoleSettings(Section):
    dist: Path | None = None


class Settings(BaseSettings):
    """The whole tree. Relative paths of data lie in ``data_dir``; see `Settings.in_data_dir`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=ENV_PREFIX, env_nested_delimiter=ENV_DELIMITER, case_sensitive=False
    )

    data_dir: Path = Path("var/faultpath")
    http: HttpSettings = HttpSettings()
    graph: GraphSettings = GraphSettings()
    ledger: LedgerSettings = LedgerSettings()
    intake: IntakeSettings = IntakeSettings()
    retention: RetentionSettings = RetentionSettings()
    catalogue: CatalogueSettings = CatalogueSettings()
    snmp: SnmpSettings = SnmpSettings()
    mqtt: MqttSettings = MqttSettings()
    smtp: SmtpSettings = SmtpSettings()
    situations: SituationSettings = SituationSettings()
    incidents: Annotated[IncidentPolicy, _over_shipped(IncidentPolicy)] = Field(default_factory=IncidentPolicy.load)
    notices: Annotated[NoticePolicy, _over_shipped(NoticePolicy)] = Field(default_factory=NoticePolicy.load)
    access: AccessSettings = AccessSettings()
    secrets: SecretSettings = SecretSettings()
    log: LogSettings = LogSettings()
    console: ConsoleSettings = ConsoleSettings()

    def in_data_dir(self, path: Path) -> Path:
        """A path of the settings, taken relative to ``data_dir`` unless it is absolute."""
        return path if path.is_absolute() else self.data_dir / path

    def sqlite_path(self, url: str) -> Path:
        """The file of a ``sqlite:///`` URL; four slashes make it absolute."""
        return self.in_data_dir(Path(url.removeprefix(SQLITE)))


def load(file: Path | None = None, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read and validate the settings.

    Args:
        file: the YAML file; without one ``FAULTPATH_CONFIG`` or ``./faultpath.yaml`` is read when it exists.
        environ: the environment to check for unknown names; the process's own by default.
        overrides: values that win over environment and file, by top-level key.

    Raises:
        SettingsError: with one line for each wrong or unknown setting.
    """
    names = os.environ if environ is None else environ
    chosen = file or (Path(names[CONFIG_VARIABLE]) if names.get(CONFIG_VARIABLE) else None)
    values = _read_file(chosen) if chosen else _read_file(DEFAULT_FILE) if DEFAULT_FILE.exists() else {}
    if unknown := sorted(unknown_variables(names)):
        raise SettingsError("\n".join(f"unknown setting in the environment: {name}" for name in unknown))
    try:
        return _shape(values)(**overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_lines(error))) from None
    except pydantic_settings.SettingsError as error:  # says which section; its cause says which variable
        raise SettingsError(str(error.__cause__)) from None


class _Environment(EnvSettingsSource):
    """The environment; what is no JSON where a list or a mapping must be is told with its variable."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            name = next(name for name, kept in self.env_vars.items() if kept is value).upper()
            raise ValueError(f"{name}: is no JSON; in the environment lists and mappings are written as such") from None


def _shape(file_values: dict[str, Any]) -> type[Settings]:
    """The tree with its sources: arguments, then the environment, then the file; no ``.env``, no secrets directory."""

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            *_others: PydanticBaseSettingsSource,
            **_named: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file = InitSettingsSource(settings_cls, init_kwargs=file_values)
            return (init_settings, _Environment(settings_cls), file)

    return Loaded


def _read_file(path: Path) -> dict[str, Any]:
    try:
        values = read_yaml(path.read_bytes(), max_bytes=MAX_FILE_BYTES).plain()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except YamlError as error:
        raise SettingsError(f"{path}:{error.line}: {error.problem}; {error.remedy}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"{path}: must be a mapping of settings")
    return values


def _lines(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        path = ".".join(str(part) for part in detail["loc"])
        variable = ENV_PREFIX + ENV_DELIMITER.join(str(part) for part in detail["loc"]).upper()
        if detail["type"] == "extra_forbidden":
            yield f"unknown setting: {path}"
        else:
            yield f"setting {path} ({variable}): {detail['msg'].removeprefix('Value error, ')}"


def setting_paths(model: type[BaseModel] = Settings, prefix: str = "") -> Iterator[str]:
    """The dotted name of each leaf of the tree, e.g. ``http.port``; items of lists as ``mqtt.brokers[].name``."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from setting_paths(inner, f"{prefix}{name}.")
            continue
        yield prefix + name
        for item in getattr(inner, "__args__", ()):
            if isinstance(item, type) and issubclass(item, BaseModel):
                yield from setting_paths(item, f"{prefix}{name}[].")


def unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Names in the environment that begin like ours and belong to no setting; a typing error would hide else."""
    known = {ENV_PREFIX + path.replace(".", ENV_DELIMITER).upper() for path in setting_paths()}
    for name in environ:
        upper = name.upper()
        if not upper.startswith(ENV_PREFIX) or upper in OTHER_VARIABLES or upper.startswith(OTHER_PREFIXES):
            continue
        # a whole section, or a part of a dict setting, may be given as JSON under a prefix of its name
        whole = any(path.startswith(upper + ENV_DELIMITER) for path in known)
        part = any(upper.startswith(path + ENV_DELIMITER) for path in known)
        if upper not in known and not whole and not part:
            yield name


def secret_text(secret: SecretStr | None, file: Path | None, name: str) -> str | None:
    """A secret that is given as a value or as a file (its text without the newline at the end).

    Raises:
        SettingsError: the file cannot be read, or is no text.
    """
    if secret is not None:
        return secret.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"setting {name}: {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"setting {name}: {file} is not UTF-8; save it as UTF-8") from None
