"""Prometheus Alertmanager: the webhook body, version 4.

Source: prometheus.io/docs/alerting/latest/configuration/#webhook_config. Also read are bodies of version 3, a list as
posted to /api/v2/alerts, and a single alert, since other products forward them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from alerting.intake.parsed import (
    Json,
    MalformedError,
    Parsed,
    Quarantined,
    list_of,
    mapping_of,
    parse_each,
    plain,
    problem_of,
    texts_of,
    time_of,
)
from alerting.mapping import Meaning, SourceMapping
from alerting.model import AlertState, Event
from impact.model import Reason
from ledger.inbox import InboxRow

_STATES = {"firing": AlertState.ACTIVE, "resolved": AlertState.CLEARED}
_SUMMARY = ("summary", "message", "description", "info")
_MAX_SPREAD = 32_000_000  # characters of the common labels once each alert has them; a small body can make it terabytes


def parse(row: InboxRow, mapping: SourceMapping) -> Parsed:
    """The alerts of one body. One bad alert does not spoil the others."""
    body, parsed = parse_each(row.body, _items, partial(_event, row, mapping))
    cut = body.get("truncatedAlerts") if isinstance(body, dict) else None
    if not isinstance(cut, int) or cut <= 0:
        return parsed
    reason = Reason(code="alerts_truncated", args={"count": cut, "field": "max_alerts"})
    missing = Quarantined(index=len(parsed.items) + len(parsed.quarantined), reason=reason, raw=b"{}")
    return replace(parsed, quarantined=(*parsed.quarantined, missing))


def check(body: bytes) -> MalformedError | None:
    """Why nothing of this body can be used; ``None`` if at least one alert can, or if it holds none."""
    return problem_of(body, _items, lambda index, item: _named(_labels(item, index), index))


def _items(body: Any) -> list[Any]:
    """The alerts; what ``commonLabels`` says of all of them stands in each by Alertmanager, in some others' not."""
    if isinstance(body, list):
        return list_of(body, "(body)")
    content = mapping_of(body, "(body)")
    if "alerts" not in content and "labels" in content:
        return [content]
    if "alerts" not in content:
        raise MalformedError("missing", field="alerts", expected="a list of alerts, as Alertmanager's webhook sends it")
    items = list_of(content["alerts"], "alerts")
    common = texts_of(content.get("commonLabels") or {}, "commonLabels")
    if len(items) * sum(len(name) + len(value) for name, value in common.items()) > _MAX_SPREAD:
        expected = f"labels that stay below {_MAX_SPREAD} characters when each alert has them"
        raise MalformedError("too_many", field="commonLabels", expected=expected)
    return [_with_common(item, common) for item in items] if common else items


def _with_common(item: Any, common: Mapping[str, str]) -> Any:
    labels = item.get("labels") if isinstance(item, dict) else None
    return {**item, "labels": {**common, **labels}} if isinstance(labels, dict) else item


def _labels(item: Any, index: int) -> dict[str, str]:
    content = mapping_of(item, f"alerts[{index}]")
    if "labels" not in content:
        raise MalformedError("missing", field=f"alerts[{index}].labels", expected="an object of texts")
    return texts_of(content["labels"], f"alerts[{index}].labels")


def _named(labels: Mapping[str, str], index: int) -> str:
    if not labels.get("alertname"):
        raise MalformedError("missing", field=f"alerts[{index}].labels.alertname", expected="the name of the alert")
    return labels["alertname"]


def _event(row: InboxRow, mapping: SourceMapping, index: int, item: Any) -> Event:
    labels = _labels(item, index)
    check_name = _named(labels, index)
    annotations = texts_of(item.get("annotations") or {}, f"alerts[{index}].annotations")
    state, observed_at = _state(item, index, row.received_at)
    meaning = mapping.meaning(check_name, labels, labels.get("severity", ""))
    return Event(
        inbox_id=row.position,
        index=index,
        source=row.source,
        check=check_name,
        resource=_resource(labels, mapping),
        hints=hints_of(labels, mapping.hints, meaning.bind),
        kind=meaning.kind,
        severity=meaning.severity,
        effect=meaning.effect,
        state=state,
        observed_at=observed_at,
        received_at=row.received_at,
        authenticated=row.authenticated,
        summary=_summary(check_name, labels, annotations),
        details=_details(labels, annotations, item, meaning),
    )


def _state(item: Json, index: int, received_at: datetime) -> tuple[AlertState, datetime]:
    place = f"alerts[{index}]"
    starts = time_of(item.get("startsAt"), f"{place}.startsAt", received_at)
    ends = time_of(item.get("endsAt"), f"{place}.endsAt", received_at)
    word = item.get("status")
    if word is None:  # the form of /api/v2/alerts: an end that has passed is the end
        over = bool(item.get("endsAt")) and ends < received_at
        return (AlertState.CLEARED, max(starts, ends)) if over else (AlertState.ACTIVE, starts)
    state = _STATES.get(word) if isinstance(word, str) else None
    if state is None:
        expected = "firing or resolved"
        raise MalformedError("not_allowed", field=f"{place}.status", expected=expected, got=plain(word)[:80])
    return state, starts if state is AlertState.ACTIVE else max(starts, ends)


def _resource(labels: Mapping[str, str], mapping: SourceMapping) -> str:
    """All labels that make one alert another than the next; severity among them, as Alertmanager itself counts."""
    return ",".join(f"{name}={labels[name]}" for name in sorted(labels) if name not in mapping.not_identity)


def _summary(check_name: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> str:
    written = next((annotations[name] for name in _SUMMARY if annotations.get(name)), None)
    return written or f"{check_name} {labels.get('instance', '')}".strip()


def _details(labels: Mapping[str, str], annotations: Mapping[str, str], item: Json, meaning: Meaning) -> dict[str, str]:
    details = {f"labels.{name}": value for name, value in labels.items()}
    details |= {f"annotations.{name}": value for name, value in annotations.items()}
    if isinstance(url := item.get("generatorURL"), str) and url:
        details["url"] = url
    if meaning.unknown_severity is not None:
        details["unknown_severity"] = meaning.unknown_severity
    return details


def hints_of(labels: Mapping[str, str], known: Mapping[str, str], bind: tuple[str, ...] = ()) -> dict[str, str]:
    """What labels identify. Of two labels with one meaning the first counts.

    ``bind``: the labels that say what it is about; the first of them that is there decides alone.
    """
    hints: dict[str, str] = {}
    for label in bind or known:
        value, kind = labels.get(label), known.get(label)
        if not value or kind is None:
            continue
        for one, text in host_hints(value) if kind == "host" else ((kind, value),):
            hints.setdefault(one, text)
        if bind:
            break
    return hints


@lru_cache(maxsize=8192)
def host_hints(text: str) -> tuple[tuple[str, str], ...]:
    """``host``, ``host:port``, an address, or a URL as hints."""
    host, port = _host_and_port(text)
    if not host:
        return ()
    try:
        address = str(ipaddress.ip_address(host))
    except ValueError:
        return (("fqdn", host), ("name", host)) if "." in host else (("name", host),)
    managed = (("mgmt_address", f"{address}:{port}"),) if port else ()
    return (*managed, ("address", address))


def _host_and_port(text: str) -> tuple[str, int | None]:
    if text.count(":") > 1 and "/" not in text and "[" not in text:
        return text, None  # a bare IPv6 address
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        port = parts.port
    except ValueError:
        return text, None
    return parts.hostname or "", port
