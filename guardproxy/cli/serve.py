"""`guardproxy serve`: the proxy in front of an OpenAI-compatible server."""

import os
from argparse import Namespace
from pathlib import Path

from rich.text import Text

from guardproxy.cli.arguments import Parser, UsageMistake, add_policies, whole_number
from guardproxy.cli.terminal import REMARKS, remark
from guardproxy.proxy.serve import run as run_proxy
from guardproxy.settings import Settings, SettingsMistake, read_settings
from guardproxy.storage.policy_files import load_policies

_PORTS = whole_number(0, 65535)


def parser() -> Parser:
    parser = Parser(
        "serve",
        "Runs the proxy in front of an OpenAI-compatible server.",
        "Flags override the file, the file overrides the environment (GUARDPROXY_UPSTREAM and so on).",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings as TOML")
    parser.add_argument("--upstream", metavar="URL", help="the server behind the proxy, as https://api.openai.com/v1")
    add_policies(parser, required=False)
    parser.add_argument("--host", metavar="H", help="the address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=_PORTS, metavar="P", help="the port of the API (8080)")
    parser.add_argument("--admin-port", type=_PORTS, metavar="P", help="the port of metrics and health (8081)")
    parser.add_argument("--workers", type=whole_number(1, 256), metavar="N", help="processes that serve (1)")
    return parser


def run(arguments: Namespace) -> int:
    flags = vars(arguments)
    config = flags.pop("config")
    try:
        settings = read_settings(flags, config, os.environ)
        remark(f"guardproxy: compiling and proving {_named(settings)} ...")
        loaded = load_policies(settings.policies)
        for sentence in loaded.remarks:
            remark(sentence)
        return run_proxy(settings, loaded.policies, lambda *ports: REMARKS.print(_ready(settings, *ports)))
    except SettingsMistake as mistake:
        raise UsageMistake(str(mistake)) from None


def _ready(settings: Settings, port: int, admin_port: int) -> Text:
    return Text(
        f"guardproxy: the API on {_address(settings.host, port)}/v1 for {settings.upstream}, "
        f"metrics on {_address(settings.admin_host, admin_port)}/metrics, judging by {_named(settings)}"
    )


def _named(settings: Settings) -> str:
    return ", ".join(settings.policies) or "no policy"


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
