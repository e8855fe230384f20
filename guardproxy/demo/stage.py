"""The servers of the demonstration: the scripted model in a thread, the proxy as the process that users start."""

import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryFile

import uvicorn

from guardproxy.demo.model_server import ModelServer

HOST = "127.0.0.1"
_READY_WITHIN = 60.0
"""Seconds. Compiling policies and warming the solver take about one; a busy machine takes longer."""
_STOPS_WITHIN = 10.0


class CannotStart(Exception):
    """A server of the demonstration did not start. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The proxy's two ports, and the key with which facts are signed for it."""

    port: int
    admin_port: int
    facts_key: str


@contextmanager
def staged(model: ModelServer, policies: Sequence[str], port: int, admin_port: int) -> Iterator[Stage]:
    """Both servers, from ready to stopped. Raises `CannotStart`."""
    for flag, wanted in (("--port", port), ("--admin-port", admin_port)):
        _check_free(flag, wanted)
    stage = Stage(port, admin_port, secrets.token_urlsafe(32))
    with serving(model) as model_port, _proxy(stage, policies, model_port):
        yield stage


@contextmanager
def serving(model: ModelServer) -> Iterator[int]:
    """Runs the scripted model on a free port and gives the port."""
    listener = socket.create_server((HOST, 0))
    server = uvicorn.Server(uvicorn.Config(model, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(_STOPS_WITHIN)


@contextmanager
def _proxy(stage: Stage, policies: Sequence[str], model_port: int) -> Iterator[None]:
    """Runs `guardproxy serve` with its messages kept, so that they can be shown when it does not start."""
    command = [sys.executable, "-m", "guardproxy", "serve", "--upstream", f"http://{HOST}:{model_port}/v1"]
    command += ["--host", HOST, "--port", str(stage.port), "--admin-port", str(stage.admin_port)]
    command += [word for policy in policies for word in ("--policy", policy)]
    with TemporaryFile() as messages:
        # A session of its own: Ctrl-C reaches the demonstration, which then stops the proxy in order.
        process = subprocess.Popen(
            command, stdout=messages, stderr=messages, env=_environment(stage), start_new_session=True
        )
        try:
            if not _ready(process, stage):
                messages.seek(0)
                raise CannotStart(f"the proxy did not start\n{messages.read().decode(errors='replace').strip()}")
            yield
        finally:
            _stop(process)


def _environment(stage: Stage) -> Mapping[str, str]:
    return {**os.environ, "GUARDPROXY_FACTS_KEY": stage.facts_key}


def _ready(process: subprocess.Popen[bytes], stage: Stage) -> bool:
    until = time.monotonic() + _READY_WITHIN
    while process.poll() is None and time.monotonic() < until:
        if get(stage.port, "/readyz") is not None:
            return True
        time.sleep(0.05)
    return False


def get(port: int, path: str) -> str | None:
    """The body of a successful GET on this machine, or None."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode()
        return body if response.status == 200 else None
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _check_free(flag: str, port: int) -> None:
    try:
        socket.create_server((HOST, port)).close()
    except PermissionError:
        raise CannotStart(f"port {port} needs special rights; choose one above 1023 with {flag}") from None
    except OSError:
        raise CannotStart(f"port {port} on {HOST} is in use; choose another with {flag}") from None
