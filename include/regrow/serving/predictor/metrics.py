"""What the predictor counts: plain numbers on the way of a request, Prometheus' text when somebody asks."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

BUCKETS = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Seconds; upper bounds."""


class Metrics(Collector):
    def __init__(self, info: Mapping[str, str], captures: Callable[[], Mapping[str, int]]) -> None:
        self._info = dict(info)
        self._captures = captures
        self.requests: Counter[int] = Counter()
        """Inference requests by status code."""
        self.served = self.probes = self.rows = self.unknown_categories = self.non_finite = 0
        self.in_flight = 0
        """Inference requests that came and are not answered yet."""
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0
        self.ready = True

    def answered(self, code: int, seconds: float) -> None:
        self.requests[code] += 1
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def predicted(self, rows: int, unknown: int) -> None:
        """One request that got its prediction."""
        self.served += 1
        self.rows += rows
        self.unknown_categories += unknown

    def text(self) -> bytes:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        yield self._by_code()
        yield self._latency()
        yield from self._plain()
        info = GaugeMetricFamily("regrow_model_info", "What is served here; always 1", labels=tuple(self._info))
        info.add_metric(tuple(self._info.values()), 1)
        yield info

    def _by_code(self) -> Metric:
        family = CounterMetricFamily("regrow_requests", "Inference requests by status code", labels=("code",))
        for code, count in sorted(self.requests.items()):
            family.add_metric((str(code),), count)
        return family

    def _latency(self) -> Metric:
        family = HistogramMetricFamily("regrow_request_seconds", "From the request's head to the answer")
        buckets, total = [], 0
        for bound, count in zip((*BUCKETS, float("inf")), self._buckets, strict=True):
            total += count
            buckets.append(("+Inf" if bound == float("inf") else repr(bound), float(total)))
        family.add_metric((), buckets, self._seconds)
        return family

    def _plain(self) -> Iterator[Metric]:
        captures = self._captures()
        yield CounterMetricFamily("regrow_served", "Requests that got a prediction, probes left out", self.served)
        yield CounterMetricFamily("regrow_probes", "Readiness probes that got a prediction", self.probes)
        yield CounterMetricFamily("regrow_rows", "Rows predicted", self.rows)
        yield CounterMetricFamily(
            "regrow_unknown_categories", "Values that training never saw", self.unknown_categories
        )
        yield CounterMetricFamily("regrow_non_finite_outputs", "Requests without answer: not finite", self.non_finite)
        yield CounterMetricFamily("regrow_captured", "Served requests that are in a capture file", captures["captured"])
        yield CounterMetricFamily("regrow_captures_dropped", "Served requests not captured", captures["dropped"])
        yield GaugeMetricFamily("regrow_captures_queued", "Served requests on the way to a file", captures["queued"])
        yield GaugeMetricFamily("regrow_in_flight", "Inference requests not answered yet", self.in_flight)
        yield GaugeMetricFamily("regrow_ready", "1 while new requests are welcome", float(self.ready))
