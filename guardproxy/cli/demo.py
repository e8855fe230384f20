"""`guardproxy demo`: the proxy at work, with an embedded model server."""

import signal
import threading
from argparse import Namespace
from datetime import UTC, datetime

from rich.text import Text

from guardproxy.cli.arguments import Parser, UsageMistake, whole_number
from guardproxy.cli.terminal import SHOW
from guardproxy.demo.client import NoAnswer
from guardproxy.demo.model_server import MODEL, ModelServer
from guardproxy.demo.scenes import POLICIES, scenes
from guardproxy.demo.screen import show_scene, show_summary
from guardproxy.demo.stage import CannotStart, Stage, staged
from guardproxy.demo.watch import play


def parser() -> Parser:
    parser = Parser("demo", "The proxy at work, with an embedded model server: no key, no network.")
    parser.add_argument("--once", action="store_true", help="end after the show instead of serving until Ctrl-C")
    parser.add_argument(
        "--port", type=whole_number(1, 65535), default=8080, metavar="P", help="the proxy's port (8080)"
    )
    parser.add_argument(
        "--admin-port", type=whole_number(1, 65535), default=8081, metavar="P", help="its port for metrics (8081)"
    )
    return parser


def run(arguments: Namespace) -> int:
    # The proxy is a process of its own: however this one is stopped, it has to stop that one too.
    for received in (signal.SIGINT, signal.SIGTERM):
        signal.signal(received, signal.default_int_handler)
    shown = scenes(datetime.now(UTC).date())
    model = ModelServer(shown)
    try:
        with staged(model, POLICIES, arguments.port, arguments.admin_port) as stage:
            outcomes = []
            for number, scene in enumerate(shown, start=1):
                outcomes.append(play(stage, model, scene))
                show_scene(SHOW, number, len(shown), scene, outcomes[-1])
            show_summary(SHOW, outcomes)
            if not arguments.once:
                _keep_serving(stage)
    except (CannotStart, NoAnswer) as failure:
        raise UsageMistake(str(failure)) from None
    return 0


def _keep_serving(stage: Stage) -> None:
    lines = [
        f"The API stays on   http://127.0.0.1:{stage.port}/v1  (model `{MODEL}`)",
        f"its metrics on     http://127.0.0.1:{stage.admin_port}/metrics",
        "Send it one of the questions above, or press Ctrl-C to end.",
    ]
    SHOW.print(Text("\n".join(lines)))
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        SHOW.print()
