"""Every metric, declared here and nowhere else. Labels are bounded: rule ids, verdicts, routes, reasons; never what a
client or a model wrote. Times are in seconds.

With several workers the library keeps the values in files (`PROMETHEUS_MULTIPROC_DIR`), and `exposition` adds them up.
"""

import os
from collections.abc import Callable, Iterable
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
    multiprocess,
)

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"

REGISTRY = CollectorRegistry()

# The library does not type these.
_without_creation_times: Callable[[], object] = disable_created_metrics
_collect_files: Callable[[CollectorRegistry], object] = multiprocess.MultiProcessCollector
_mark_process_dead: Callable[[int], object] = multiprocess.mark_process_dead

_without_creation_times()

_QUICK = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2)
_SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

REQUESTS = Counter("guardproxy_requests", "Answered requests", ["route", "status"], registry=REGISTRY)
ANSWERS = Counter("guardproxy_answers", "Judged choices by their verdict", ["verdict"], registry=REGISTRY)
RULES = Counter(
    "guardproxy_rule_verdicts", "Rules that were not silent", ["policy", "rule", "status"], registry=REGISTRY
)
ACTIONS = Counter(
    "guardproxy_rule_actions", "Rules that asked for the ending of an answer", ["rule", "ending"], registry=REGISTRY
)
REWRITES = Counter("guardproxy_rewrites", "Choices that were rewritten or repaired", registry=REGISTRY)
BLOCKS = Counter("guardproxy_blocks", "Choices that were blocked or held", registry=REGISTRY)
ASKED_AGAIN = Counter("guardproxy_asked_again", "Times that the model was asked again", registry=REGISTRY)
RECOVERED = Counter(
    "guardproxy_recovered", "Choices that were delivered after the model was asked again", registry=REGISTRY
)
CHECK = Histogram(
    "guardproxy_check_seconds", "Time of judging one exchange, solver included", registry=REGISTRY, buckets=_QUICK
)
ADDED = Histogram(
    "guardproxy_added_seconds",
    "Time that a whole answer spent in the proxy apart from waiting for the upstream",
    registry=REGISTRY,
    buckets=_QUICK,
)
HELD = Histogram(
    "guardproxy_held_characters",
    "Most characters of one stream that waited at once",
    registry=REGISTRY,
    buckets=(0, 10, 50, 100, 500, 1000, 5000, 20000, 100000),
)
HELD_SECONDS = Histogram(
    "guardproxy_held_seconds", "Longest time that text of one stream waited", registry=REGISTRY, buckets=_SLOW
)
FIRST_TOKEN = Histogram(
    "guardproxy_first_token_seconds", "From the request to the first event sent", registry=REGISTRY, buckets=_SLOW
)
SOLVER_CALLS = Counter("guardproxy_solver_calls", "Questions put to the solver", registry=REGISTRY)
SOLVER_SECONDS = Counter("guardproxy_solver_seconds", "Time spent waiting for the solver", registry=REGISTRY)
SOLVER_UNDECIDED = Counter("guardproxy_solver_undecided", "Questions that the solver did not finish", registry=REGISTRY)
UPSTREAM_ERRORS = Counter("guardproxy_upstream_errors", "Faults of the upstream", ["reason"], registry=REGISTRY)
UPSTREAM_SECONDS = Histogram(
    "guardproxy_upstream_seconds",
    "From asking the upstream to the head of its answer",
    registry=REGISTRY,
    buckets=_SLOW,
)
UNJUDGED = Counter(
    "guardproxy_unjudged", "Answers that passed unjudged, as the operator allowed", ["route"], registry=REGISTRY
)
CLASSIFICATIONS = Counter(
    "guardproxy_classifications",
    "Answers that a classifier read, or failed to",
    ["classifier", "outcome"],
    registry=REGISTRY,
)
CLASSIFIER_SECONDS = Histogram(
    "guardproxy_classifier_seconds", "Time that a classifier took for one answer", registry=REGISTRY, buckets=_SLOW
)
CLIENTS_LEFT = Counter("guardproxy_clients_left", "Clients that left before the end of their answer", registry=REGISTRY)
REFUSED = Counter("guardproxy_failures", "Exchanges that failed closed because of a fault of ours", registry=REGISTRY)
EXCHANGES = Gauge(
    "guardproxy_exchanges_in_flight", "Requests under way", registry=REGISTRY, multiprocess_mode="livesum"
)
STREAMS = Gauge("guardproxy_streams_in_flight", "Streams under way", registry=REGISTRY, multiprocess_mode="livesum")
POLICY = Gauge(
    "guardproxy_policy_info",
    "1 for each policy in force",
    ["policy", "version", "fingerprint"],
    registry=REGISTRY,
    multiprocess_mode="max",
)


@lru_cache(maxsize=200)
def requests(route: str, status: int) -> Counter:
    return REQUESTS.labels(route, str(status))


@lru_cache(maxsize=100)
def unjudged(route: str) -> Counter:
    return UNJUDGED.labels(route)


@lru_cache(maxsize=20)
def answers(verdict: str) -> Counter:
    return ANSWERS.labels(verdict)


@lru_cache(maxsize=5000)
def rule_verdicts(policy: str, rule: str, status: str) -> Counter:
    return RULES.labels(policy, rule, status)


@lru_cache(maxsize=5000)
def rule_actions(rule: str, ending: str) -> Counter:
    return ACTIONS.labels(rule, ending)


@lru_cache(maxsize=200)
def classifications(classifier: str, outcome: str) -> Counter:
    return CLASSIFICATIONS.labels(classifier, outcome)


@lru_cache(maxsize=20)
def upstream_errors(reason: str) -> Counter:
    return UPSTREAM_ERRORS.labels(reason)


def announce(policies: Iterable[tuple[str, str, str]]) -> None:
    """The policies in force: title, version and fingerprint of each."""
    for title, version, fingerprint in policies:
        POLICY.labels(title, version, fingerprint[:12]).set(1)


_counted: dict[Counter, int] = {}
_observed: list[tuple[Histogram, float]] = []
_sampled: list[Callable[[], None]] = []


def count(counter: Counter) -> None:
    """One more, written at the next `flush`: for what happens in each exchange."""
    _counted[counter] = _counted.get(counter, 0) + 1


def observe(histogram: Histogram, value: float) -> None:
    """One more value, written at the next `flush`."""
    _observed.append((histogram, value))


def sample(write: Callable[[], None]) -> None:
    """`write` sets gauges at each `flush`."""
    _sampled.append(write)


def flush() -> None:
    """Writes what was counted and observed. Call it now and then from the event loop's thread."""
    for counter, times in _counted.items():
        counter.inc(times)
    for histogram, value in _observed:
        histogram.observe(value)
    _counted.clear()
    _observed.clear()
    for write in _sampled:
        write()


def exposition() -> bytes:
    """All metrics as text, of all workers where there are several."""
    flush()
    if MULTIPROCESS not in os.environ:
        return generate_latest(REGISTRY)
    everyone = CollectorRegistry()
    _collect_files(everyone)
    return generate_latest(everyone)


def forget_process(pid: int) -> None:
    """A worker has ended: what it had in flight is over."""
    _mark_process_dead(pid)
