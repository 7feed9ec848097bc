"""What a server counts, for Prometheus. Knows no HTTP route; `routes/operation.py` shows it."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from openmimo.engine.request import Statistics
from openmimo.serve.turn import Counts, Turn

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics:
    """Counters of what ended, histograms of how long it took, and gauges read from the engine when they are asked for."""

    def __init__(self, statistics: Callable[[], Statistics | None]):
        self._registry = registry = CollectorRegistry()

        def gauge(name: str, about: str, value: Callable[[Statistics], float]) -> None:
            shown = Gauge(f"openmimo_{name}", about, registry=registry)
            shown.set_function(lambda: value(found) if (found := statistics()) else 0.0)

        gauge("requests_running", "Requests the engine computes", lambda now: now.running)
        gauge("requests_waiting", "Requests that wait for their turn", lambda now: now.waiting)
        gauge("cache_used_share", "Share of the cache's blocks that running requests hold", lambda now: now.cache_used)
        gauge("preemptions", "Requests that were put back for lack of cache", lambda now: now.preemptions)
        gauge("drafted_tokens", "Tokens that were drafted", lambda now: sum(now.drafted))
        gauge("accepted_tokens", "Drafted tokens that held", lambda now: sum(now.accepted))
        gauge("draft_acceptance", "How often the first drafted token holds", lambda now: (now.acceptance or (0.0,))[0])
        self._requests = Counter("openmimo_requests", "Requests by route and status", ("route", "status"), registry=registry)
        self._prompt = Counter("openmimo_prompt_tokens", "Tokens of prompts", registry=registry)
        self._cached = Counter("openmimo_cached_prompt_tokens", "Tokens of prompts that were found in the cache", registry=registry)
        self._completion = Counter("openmimo_completion_tokens", "Tokens of answers", registry=registry)
        self._reasoning = Counter("openmimo_reasoning_tokens", "Tokens of answers that were reasoning", registry=registry)
        self._first = Histogram(
            "openmimo_time_to_first_token_seconds", "From submitting to the first token", buckets=SECONDS, registry=registry
        )
        self._gap = Histogram("openmimo_inter_token_latency_seconds", "Between tokens of an answer", buckets=SECONDS, registry=registry)
        self._whole = Histogram("openmimo_request_seconds", "From a request to its end", buckets=SECONDS, registry=registry)

    def request(self, route: str, status: int, seconds: float) -> None:
        """Count a request that has ended."""
        self._requests.labels(route, str(status)).inc()
        self._whole.observe(seconds)

    def answer(self, counts: Counts) -> None:
        """Count the tokens of an answer that has ended."""
        self._prompt.inc(counts.prompt)
        self._cached.inc(counts.cached)
        self._completion.inc(counts.completion)
        self._reasoning.inc(counts.reasoning)

    def turn(self, turn: Turn) -> None:
        """Note how soon the tokens of a turn came."""
        if turn.first is not None:
            self._first.observe(turn.first)
        for gap in turn.gaps:
            self._gap.observe(gap)

    def text(self) -> bytes:
        """The numbers in Prometheus' format."""
        return generate_latest(self._registry)
