"""The whole show, as `make demo ARGS=--once` runs it: the real proxy as a process, the scripted model, the client."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from guardproxy.cli.main import main
from guardproxy.demo import model_server
from guardproxy.demo.model_server import ModelServer
from guardproxy.demo.scenes import POLICIES, scenes
from guardproxy.demo.screen import Outcome, marked
from guardproxy.demo.stage import staged
from guardproxy.demo.watch import play


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture(scope="module")
def outcomes() -> Iterator[dict[str, Outcome]]:
    shown = scenes(datetime.now(UTC).date())
    model = ModelServer(shown)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_server, "DELAY", 0.001)
        with staged(model, POLICIES, *free_ports()) as stage:
            yield {scene.title: play(stage, model, scene) for scene in shown}


def test_every_kind_of_ending_arrives(outcomes: dict[str, Outcome]) -> None:
    endings = {outcome.verdict for outcome in outcomes.values()}
    assert endings == {"allowed", "rewritten", "repaired", "blocked", "held"}


def test_what_was_redacted_never_arrived(outcomes: dict[str, Outcome]) -> None:
    card = outcomes["A card number, cut into pieces by the stream"]
    assert card.received["content"] == "Your card [card] was charged; parcel 4111 1111 1111 1112 is on its way."
    # With the blank behind them: a card number may have up to 19 digits, so more of them could still come.
    assert card.held == len("4111 1111 1111 1111 ")
    key = outcomes["A credential ends the answer"]
    assert key.received["content"] == "Set the key to "
    assert key.received["refusal"] == "The answer contained a credential."


def test_signed_facts_reach_the_rules(outcomes: dict[str, Outcome]) -> None:
    offer = outcomes["An offer above two caps is lowered to the stricter one"]
    assert (offer.verdict, offer.rules) == ("repaired", ("APR-CAP", "TIER-CAP"))
    assert '"apr":24.99' in offer.received["content"]


def test_two_refunds_are_judged_together(outcomes: dict[str, Outcome]) -> None:
    first, second = outcomes["Two refunds at once, more than was paid"].received["tool_calls"]
    assert '"amount":50' in first["function"]["arguments"]
    assert '"amount":30' in second["function"]["arguments"]


def test_the_command_shows_every_scene_and_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_server, "DELAY", 0.001)
    monkeypatch.setenv("COLUMNS", "200")
    port, admin_port = free_ports()
    assert main(["demo", "--once", "--port", str(port), "--admin-port", str(admin_port)]) == 0
    out = capsys.readouterr().out
    assert all(scene.title in out for scene in scenes(datetime.now(UTC).date()))
    assert "2 allowed · 4 rewritten · 3 repaired · 2 held · 3 blocked" in out


def test_a_port_in_use_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--once", "--port", str(port)]) == 2
    sentence = f"guardproxy: port {port} on 127.0.0.1 is in use; choose another with --port\n"
    assert capsys.readouterr().err == sentence


def test_what_changed_is_marked_on_both_sides() -> None:
    left, right = marked("Card 4111 was charged", "Card [card] was charged")
    assert [left.plain[span.start : span.end] for span in left.spans] == ["4111"]
    assert [right.plain[span.start : span.end] for span in right.spans] == ["[card]"]
