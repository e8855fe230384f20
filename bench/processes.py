"""Starts the processes of a measurement, pins them to cores, reads their CPU time, and asks the load client."""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
PROXY_CORE, OTHER_CORE = CORES[0], CORES[-1]
EVENTS_IN_A_STREAM = 200


@dataclass(frozen=True)
class Round:
    """One measured round: answers (or streams) per second, per CPU second of the proxy, and the median time in ms."""

    per_second: float
    per_cpu_second: float
    p50: float
    p99: float
    errors: int


@contextmanager
def started(
    command: Sequence[str], port: int, core: int, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """The process id, once something listens on the port; the process ends with the block."""
    process = subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    try:
        _wait_for(port, process)
        yield _serving_process(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def _serving_process(pid: int) -> int:
    """The process itself, or its one worker: some servers only supervise in the first."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    supervises = "granian" in Path(f"/proc/{pid}/cmdline").read_text() and children
    return int(children[0]) if supervises else pid


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"the process for port {port} ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def cpu_seconds(pid: int) -> float:
    """CPU time that all threads of a process have used."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with suppress(OSError), open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def loaded(pid: int, port: int, connections: int, seconds: float, stream: bool) -> Round:
    """One round of load on the proxy `pid` that listens on `port`."""
    before = cpu_seconds(pid)
    command = [
        sys.executable,
        "-m",
        "bench.load",
        str(port),
        str(connections),
        str(seconds),
        *(["stream"] if stream else []),
    ]
    done = subprocess.run(
        command, check=True, capture_output=True, preexec_fn=lambda: os.sched_setaffinity(0, {OTHER_CORE})
    )
    found = json.loads(done.stdout)
    used = cpu_seconds(pid) - before
    each = EVENTS_IN_A_STREAM if stream else 1
    return Round(
        per_second=each * found["answers"] / found["seconds"],
        per_cpu_second=each * found["answers"] / used if used else 0.0,
        p50=found["p50"], p99=found["p99"], errors=int(found["errors"]),
    )  # fmt: skip


def uvicorn_command(application: str, port: int) -> list[str]:
    options = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning"]
    return [sys.executable, "-m", "uvicorn", application, "--port", str(port), *options]


def median(rounds: Sequence[Round]) -> Round:
    """Each figure's median over the rounds, and all errors."""

    def middle(name: str) -> float:
        return statistics.median(getattr(r, name) for r in rounds)

    errors = sum(r.errors for r in rounds)
    return Round(middle("per_second"), middle("per_cpu_second"), middle("p50"), middle("p99"), errors)


def shown(name: str, found: Round) -> str:
    rates = f"{found.per_second:9.0f}/s {found.per_cpu_second:9.0f} per CPU second"
    return f"  {name:10} {rates}  p50 {found.p50:7.2f} ms  p99 {found.p99:7.2f} ms  errors {found.errors}"


def compare(commands: Mapping[str, Sequence[str]], seconds: float, rounds: int = 3, connections: int = 64) -> None:
    """Prints two lines for each proxy that listens on 9101: whole answers and streamed events."""
    with started([sys.executable, "-m", "bench.model", "9100"], 9100, OTHER_CORE):
        for name, command in commands.items():
            with started(command, 9101, PROXY_CORE) as pid:
                loaded(pid, 9101, connections, 1, stream=False)
                for stream in (False, True):
                    found = [loaded(pid, 9101, connections, seconds, stream) for _ in range(rounds)]
                    print("events " if stream else "answers", shown(name, median(found)), flush=True)
