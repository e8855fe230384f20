"""The process that operators run: ready when it is, several workers as one, SIGTERM lets answers finish."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.upstreams import Upstream, completion, whole

REQUEST = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi"}]})


@contextmanager
def serving(upstream: Upstream, *flags: str) -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    port, admin = _free(), _free()
    command = [sys.executable, "-m", "guardproxy", "serve", "--upstream", upstream.url, "--policy", "privacy"]
    command += ["--port", str(port), "--admin-port", str(admin), *flags]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 40
        while not (_get(admin, "/readyz")[0] == 200 or process.poll() is not None) and time.monotonic() < until:
            time.sleep(0.05)
        yield process, port, admin
    finally:
        process.kill()
        process.wait()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _get(port: int, path: str, body: str | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST" if body else "GET", path, body)
        response = connection.getresponse()
        return response.status, response.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def _ask(port: int) -> Any:
    return json.loads(_get(port, "/v1/chat/completions", REQUEST)[1])["choices"][0]["message"]["content"]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ready_counted_and_drained(upstream: Upstream, workers: str) -> None:
    upstream.script = lambda request: whole(completion("Write to bob@example.org."))
    with serving(upstream, "--workers", workers) as (process, port, admin):
        assert {_ask(port) for _ in range(8)} == {"Write to [e-mail]."}
        assert _counted(admin, 'guardproxy_answers_total{verdict="rewritten"} 8.0')
        assert _get(port, "/metrics")[0] == 404
        assert _get(port, "/healthz")[0] == _get(port, "/readyz")[0] == 200
        assert _drained(process, port, upstream) == "Late."
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read().decode() == (
            "guardproxy: compiling and proving privacy ...\n"
            f"guardproxy: the API on http://127.0.0.1:{port}/v1 for {upstream.url}, "
            f"metrics on http://127.0.0.1:{admin}/metrics, judging by privacy\n"
        )


def _counted(admin: int, line: str) -> bool:
    """Whether the metrics of all workers say so, within a moment: workers write them down every now and then."""
    until = time.monotonic() + 2
    while line not in (text := _get(admin, "/metrics")[1].decode()) and time.monotonic() < until:
        time.sleep(0.05)
    return line in text and "guardproxy_exchanges_in_flight 0.0" in text


def _drained(process: "subprocess.Popen[bytes]", port: int, upstream: Upstream) -> Any:
    """The answer that was under way when the process was told to stop."""
    upstream.script = lambda request: [0.6, *whole(completion("Late."))]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/v1/chat/completions", REQUEST)
    time.sleep(0.2)
    os.kill(process.pid, signal.SIGTERM)
    message = json.loads(connection.getresponse().read())["choices"][0]["message"]
    connection.close()
    return message["content"]


def test_a_second_signal_stops_at_once(upstream: Upstream) -> None:
    upstream.script = lambda request: [8.0, *whole(completion("Too late."))]
    with serving(upstream) as (process, port, _):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", "/v1/chat/completions", REQUEST)
        time.sleep(0.2)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGTERM)
        process.wait(10)
        assert time.monotonic() - began < 4


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are found by /proc")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_proxy_whose_solver_died_is_not_ready_until_there_is_another(upstream: Upstream, workers: str) -> None:
    with serving(upstream, "--workers", workers) as (_, port, admin):
        for pid in _solvers():
            os.kill(pid, signal.SIGKILL)
        assert _becomes(admin, 503) and _becomes(admin, 200)
        assert _ask(port) == "Hello."


def test_health_is_also_told_by_head(upstream: Upstream) -> None:
    with serving(upstream) as (_, port, admin):
        for which, path in ((port, "/healthz"), (port, "/readyz"), (admin, "/healthz"), (admin, "/metrics")):
            connection = http.client.HTTPConnection("127.0.0.1", which, timeout=5)
            connection.request("HEAD", path)
            response = connection.getresponse()
            assert (response.status, response.read()) == (200, b"")
            connection.close()


def _becomes(admin: int, status: int) -> bool:
    until = time.monotonic() + 10
    while (found := _get(admin, "/readyz")[0]) != status and time.monotonic() < until:
        time.sleep(0.005)
    return found == status


def _solvers() -> list[int]:
    """The solver processes below this one, however deep."""
    parents, found = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if b"guardproxy.solving.worker" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return [pid for pid in found if _is_below(pid, os.getpid(), parents)]


def _is_below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != ancestor:
        pid = parents[pid]
    return pid == ancestor
