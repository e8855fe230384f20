"""Starting and stopping: one process with both ports, or a parent with the admin port and several workers.

SIGTERM and SIGINT let answers under way finish, within the limit, and end with 0; a second one ends at once.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager
from multiprocessing.connection import Connection
from textwrap import indent

import uvicorn
import uvloop
from fastapi import FastAPI

from guardproxy.checks.engine import CompiledPolicies
from guardproxy.checks.misfits import fact_misfits
from guardproxy.diagnostics import render
from guardproxy.ir.policy import Policy
from guardproxy.proofs.findings import must_hold
from guardproxy.proxy.app import MainApplication, Ready, admin_application
from guardproxy.proxy.classifiers import classifier_mistakes, classifier_schemas
from guardproxy.proxy.facts import FROM_SYSTEM, system_schemas
from guardproxy.proxy.guard import Guard
from guardproxy.proxy.origin_form import OriginFormProtocol
from guardproxy.proxy.upstream import BUFFERED
from guardproxy.proxy.workers import run_workers
from guardproxy.settings import Settings, SettingsMistake
from guardproxy.solving.pool import SolverPool
from guardproxy.storage.policy_files import RejectedPolicies, read_policies
from guardproxy.telemetry.logs import set_up

Announce = Callable[[int, int], None]
"""Told the two ports once everything is ready."""

Tell = Callable[[bool], object]

_PROVING = 30.0
"""Seconds for one question before the start; what bounds it is the solver's budget in steps, the same everywhere."""


def run(settings: Settings, policies: Sequence[Policy] | None = None, announce: Announce = lambda *_: None) -> int:
    """Serves until a signal and returns the exit code. `policies` are those of the settings, where they are read.

    Raises `UnreadableFile` for policies that do not compile and `SettingsMistake` for policies and settings that do not
    fit together, and for ports that cannot be had.
    """
    policies = read_policies(settings.policies) if policies is None else policies
    check_together(settings, policies)
    refuse_unproved(policies)
    with (
        _listening(settings.host, settings.port, "port") as main,
        _listening(settings.admin_host, settings.admin_port, "admin_port") as admin,
    ):
        set_up(settings.log_level)
        ports = main.getsockname()[1], admin.getsockname()[1]
        if settings.workers == 1:
            uvloop.run(serve(settings, policies, main, admin, once_true(lambda: announce(*ports))))
        else:
            run_workers(
                settings,
                main,
                work,
                lambda ready: server_of(admin_application(ready), settings).serve([admin]),
                lambda: announce(*ports),
            )
    return 0


def check_together(settings: Settings, policies: Sequence[Policy]) -> None:
    """What a worker could only fail at, again and again, is said before any is started. Raises `SettingsMistake`."""
    declared = system_schemas(schema for policy in policies for schema in policy.schemas)
    misfits = fact_misfits(declared, settings.facts, FROM_SYSTEM)
    mistakes = [f"{settings.place(('facts', *path))}{sentence}" for path, sentence in misfits]
    told = classifier_mistakes(classifier_schemas(s for p in policies for s in p.schemas), settings.classifiers)
    mistakes += [f"{settings.place(('classifiers', *path))}{sentence}" for path, sentence in told]
    mistakes += [f"`{p.file}` has no rules and declares nothing, so it judges nothing" for p in policies if is_empty(p)]
    try:
        CompiledPolicies(policies)
    except ValueError as error:
        mistakes.append(f"the policies cannot be used: {error}")
    if mistakes:
        raise SettingsMistake(tuple(mistakes))


def refuse_unproved(policies: Sequence[Policy]) -> None:
    """Raises `RejectedPolicies`, with counter-examples, for what `guardproxy check` calls an error.

    That is a policy that no answer complies with, and a `tighten` that is not proved at least as strict.
    """
    if not any(len(policy.rules) > 1 or policy.tightened for policy in policies):
        return
    with closing(SolverPool(timeout_s=_PROVING)) as pool:
        pool.warm()
        found = [diagnostic for policy in policies for diagnostic in must_hold(policy, pool.ask)]
    if found:
        shown = [f"{render(d)}\n{indent(d.witness.strip(), '         ')}".rstrip() for d in found]
        why = dict.fromkeys(_REFUSED.get(d.kind, _REFUSED_OVERLAY) for d in found)
        raise RejectedPolicies("\n".join([*shown, *why]))


_REFUSED_OVERLAY = "an overlay that is not proved to tighten only does not serve"
_REFUSED = {"unsatisfiable": "a policy that no answer can comply with does not serve"}


def is_empty(policy: Policy) -> bool:
    return not policy.rules and not any(schema.kind in ("reply", "call", "tool", "claims") for schema in policy.schemas)


def work(settings: Settings, main: socket.socket, says: Connection) -> None:
    """One of several workers: serves the main port and tells the parent whether it is ready, at each change."""
    set_up(settings.log_level)
    policies = read_policies(settings.policies)
    refuse_unproved(policies)  # the files may be others than those that the parent has read
    uvloop.run(serve(settings, policies, main, None, says.send))


def once_true(act: Callable[[], None]) -> Tell:
    """Does something the first time that it is told `True`."""
    left = [act]

    def tell(ready: bool) -> None:
        if ready and left:
            left.pop()()

    return tell


async def serve(
    settings: Settings,
    policies: Sequence[Policy],
    main: socket.socket,
    admin: socket.socket | None,
    tell: Tell,
) -> None:
    """Serves on listening sockets until SIGTERM or SIGINT; a worker has no admin socket.

    `tell` hears whether it is ready, at each change.
    """
    async with AsyncExitStack() as stack:
        guard = await stack.enter_async_context(Guard(settings, policies))
        servers = [(server_of(MainApplication(guard), settings), main)]
        if admin is not None:
            servers.append((server_of(admin_application(_readiness(guard)), settings), admin))
        stop = Stopping(guard, [server for server, _ in servers])
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        telling = _tell_readiness(guard, [server for server, _ in servers], tell)
        stack.callback(asyncio.create_task(telling).cancel)
        quieten_collector()
        await asyncio.gather(*(server.serve([listening]) for server, listening in servers))


def quieten_collector() -> None:
    """What was compiled stays for good, so the garbage collector need not look at it; and it looks less often.

    With its usual thresholds it takes a tenth of the time at 64 connections, almost always for nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _tell_readiness(guard: Guard, servers: Sequence[uvicorn.Server], tell: Tell) -> None:
    told = False
    while True:
        ready = guard.ready and all(server.started for server in servers)
        if ready != told:
            tell(ready)
            told = ready
        await asyncio.sleep(0.05)


def _readiness(guard: Guard) -> Ready:
    return lambda: guard.ready


class Stopping:
    """The first call lets answers finish, the second ends at once."""

    def __init__(self, guard: Guard, servers: Sequence[uvicorn.Server]) -> None:
        self._guard, self._servers = guard, servers

    def __call__(self) -> None:
        for server in self._servers:
            server.force_exit = self._guard.draining
            server.should_exit = True
        self._guard.draining = True


class _Server(uvicorn.Server):
    """Leaves signals to `Stopping`: two servers share this process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_of(app: FastAPI, settings: Settings) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http=OriginFormProtocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=False,
            timeout_graceful_shutdown=max(1, round(settings.timeouts.drain)),
            backlog=2048,
        )
    )


def listening_socket(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send at once, and keep little for a client that does not read.

    Without `TCP_NODELAY`, which accepted connections take over from it, the second write of a response waits for the
    client's delayed acknowledgement: 40 ms on Linux. The event loop sets it only on sockets that it made itself.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFERED)
    return listening


@contextmanager
def _listening(host: str, port: int, name: str) -> Iterator[socket.socket]:
    try:
        listening = listening_socket(host, port)
    except OSError as error:
        reason = (os.strerror(error.errno) if error.errno else str(error)).lower()
        raise SettingsMistake((f"`{name}`: cannot listen on {host}:{port}: {reason}",)) from None
    listening.setblocking(False)
    try:
        yield listening
    finally:
        listening.close()
