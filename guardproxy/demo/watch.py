"""Plays one scene and watches it from outside: the client's side, the model's clock, and the proxy's own metrics."""

import base64
import hmac
import re
import time
from collections.abc import Mapping

from guardproxy.demo.client import NoAnswer, Received, exchange
from guardproxy.demo.model_server import MODEL, ModelServer
from guardproxy.demo.scenes import Scene
from guardproxy.demo.screen import Outcome
from guardproxy.demo.stage import Stage, get
from guardproxy.exact_json import dumps

_COUNTED_WITHIN = 2.0
"""Seconds. The proxy counts an exchange after its last byte has gone out."""

_SAMPLE = re.compile(r"^(guardproxy_\w+(?:\{.*\})?) (\S+)$", re.MULTILINE)
_ACTION = re.compile(r'^guardproxy_rule_actions_total\{ending="(.+)",rule="(.+)"\}$')

Samples = Mapping[str, float]


def play(stage: Stage, model: ModelServer, scene: Scene) -> Outcome:
    """Sends the scene's request through the proxy. Raises `NoAnswer`."""
    before = _samples(stage)
    received = exchange(stage.port, scene.request(MODEL), signed_facts(scene, stage.facts_key))
    counted = _counted(stage, before, scene)
    actions = [found for name in counted if (found := _ACTION.match(name))]
    return Outcome(
        verdict=actions[0][1] if actions else "allowed",
        rules=tuple(action[2] for action in actions),
        received=received.message,
        held=round(counted.get("guardproxy_held_characters_sum", 0)) if scene.stream else None,
        added=_added(received, model, scene),
    )


def signed_facts(scene: Scene, key: str) -> dict[str, str]:
    """What the operator's gateway sends along: facts as base64 of JSON, and the HMAC-SHA-256 of that text in hex."""
    if not scene.facts:
        return {}
    text = base64.b64encode(dumps(dict(scene.facts)).encode())
    signature = hmac.new(key.encode(), text, "sha256").hexdigest()
    return {"x-guardproxy-facts": text.decode(), "x-guardproxy-facts-signature": signature}


def _added(received: Received, model: ModelServer, scene: Scene) -> float | None:
    """From the model's last byte to the client's; None where the proxy ended the answer before the model did."""
    ended = model.ended.get(scene.question)
    return received.ended - ended if ended is not None and received.ended > ended else None


def _counted(stage: Stage, before: Samples, scene: Scene) -> Samples:
    """How far each metric has moved since `before`, as soon as this exchange is in them."""
    last = "guardproxy_held_characters_count" if scene.stream else "guardproxy_added_seconds_count"
    until = time.monotonic() + _COUNTED_WITHIN
    while True:
        moved = {name: value - before.get(name, 0) for name, value in _samples(stage).items()}
        if moved.get(last) or time.monotonic() > until:
            return {name: value for name, value in moved.items() if value}
        time.sleep(0.01)


def _samples(stage: Stage) -> Samples:
    text = get(stage.admin_port, "/metrics")
    if text is None:
        raise NoAnswer(f"the proxy's metrics cannot be read on port {stage.admin_port}")
    return {name: float(value) for name, value in _SAMPLE.findall(text)}
