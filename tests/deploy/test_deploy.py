"""What stands under `deploy/` speaks of metrics that exist, and the image is built from files that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guardproxy.settings import ENVIRONMENT_PREFIX, Settings
from guardproxy.telemetry.metrics import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/guardproxy.json").read_text())
METRIC = re.compile(r"guardproxy_\w+")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def declared() -> set[str]:
    families = REGISTRY.collect()
    return {family.name + suffix for family in families for suffix in SUFFIXES[family.type]}


def expressions() -> Iterator[str]:
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from re.findall(r"expr: (?:\|\n)?((?:.|\n          )+)", (DEPLOY / "prometheus/alerts.yml").read_text())


def test_every_metric_that_is_asked_for_is_declared() -> None:
    asked = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert len(asked) > 15
    assert asked - declared() == set()


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {
        name for panel in DASHBOARD["panels"] for t in panel.get("targets", ()) for name in METRIC.findall(t["expr"])
    }
    hidden = {family.name for family in REGISTRY.collect() if not any(name.startswith(family.name) for name in shown)}
    assert hidden == set()


def test_panels_do_not_overlap_and_have_their_own_ids() -> None:
    panels: list[dict[str, Any]] = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("line", re.findall(r"^COPY (?!--from)(.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
def test_what_the_image_copies_is_there_and_not_ignored(line: str) -> None:
    *sources, _ = line.split()
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert all((ROOT / source).exists() and source in kept for source in sources)


def test_the_compose_file_sets_settings_that_exist() -> None:
    names = re.findall(rf"{ENVIRONMENT_PREFIX}(\w+)", (DEPLOY / "compose.yaml").read_text())
    assert [name for name in names if name.lower() not in Settings.model_fields] == []
