"""Metrics: one declaration file, bounded labels, and no two names for one thing."""

import ast
from pathlib import Path

from guardproxy.telemetry import metrics

LABELS = {
    *("route", "status", "verdict", "policy", "rule", "ending", "reason", "version", "fingerprint"),
    *("classifier", "outcome"),
}
"""Of each there are as many as the operator has declared, or as we have named; none comes from a request."""


def test_labels_are_bounded() -> None:
    for collector in list(metrics.REGISTRY._collector_to_names):
        assert set(collector._labelnames) <= LABELS  # type: ignore[attr-defined]
        assert collector._name.startswith("guardproxy_")  # type: ignore[attr-defined]


def test_metrics_are_declared_nowhere_else() -> None:
    package = Path(metrics.__file__).parents[1]
    importing = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom) and "prometheus_client" in ast.unparse(node)
    ]
    assert set(importing) == {"telemetry/metrics.py"}


def test_the_exposition_is_text() -> None:
    metrics.requests("models", 200).inc()
    metrics.announce([("Refund desk", "7", "0123456789abcdef")])
    text = metrics.exposition().decode()
    assert 'guardproxy_requests_total{route="models",status="200"}' in text
    assert 'guardproxy_policy_info{fingerprint="0123456789ab",policy="Refund desk",version="7"} 1.0' in text
