"""Which server for ASGI: the same pass-through (aiohttp) behind each. `python -m bench.servers [SECONDS]`."""

import sys
from pathlib import Path

from bench.processes import compare, uvicorn_command

APPLICATION = "bench.clients:aiohttp"


def granian_command(port: int) -> list[str]:
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "asgi", "--workers", "1", "--loop", "uvloop", "--no-access-log", "--log-level", "warning"]
    return [granian, *options, "--port", str(port), APPLICATION]


if __name__ == "__main__":
    commands = {"uvicorn": uvicorn_command(APPLICATION, 9101), "granian": granian_command(9101)}
    compare(commands, float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)
