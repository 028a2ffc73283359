"""The hub's own figures for ``/metrics``, on a registry that is handed in. Described in docs/reference/metrics.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

Labelled = Mapping[tuple[str, ...], float]


class Metrics:
    """Counters that the hub's parts move; what can be read when asked is given by `watch`."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self.intake_messages = Counter(
            "faultpath_intake_messages",
            "Messages posted, by source and result.",
            ["source", "result"],
            registry=self.registry,
        )
        self.intake_seconds = Histogram(
            "faultpath_intake_seconds",
            "Time from the whole body to the answer, the commit included.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
            registry=self.registry,
        )
        self.http_requests = Counter(
            "faultpath_http_requests",
            "Requests answered, by method, route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.sign_ins = Counter(
            "faultpath_sign_ins", "Sign-ins to the console, by result.", ["result"], registry=self.registry
        )
        self.info = Gauge("faultpath_info", "Always 1; says the version.", ["version"], registry=self.registry)

    def watch(self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Labelled]) -> None:
        """Expose a gauge whose values are read at each scrape."""
        self.registry.register(_Watched(name, text, labels, read))


class _Watched(Collector):
    def __init__(self, name: str, text: str, labels: tuple[str, ...], read: Callable[[], Labelled]) -> None:
        self._name, self._text, self._labels, self._read = name, text, labels, read

    def describe(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(self._name, self._text, labels=self._labels)

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(self._name, self._text, labels=self._labels)
        for values, number in self._read().items():
            family.add_metric(values, number)
        yield family
