"""The tutorial shows what happens: each command says what the page says, and the proxy answers as it claims."""

import asyncio
import json
import shlex
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.docs.tutorial import PAGE, block, replayed
from tests.integration.test_serving import _free, _get
from tests.integration.upstreams import Upstream, completion, in_thread, whole

TEXT = PAGE.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tutorial")


@contextmanager
def model_that_says(text: str) -> Iterator[str]:
    """A model server with one answer; gives its base URL."""
    upstream = Upstream()
    upstream.script = lambda _: whole(completion(text))

    @asynccontextmanager
    async def serving() -> AsyncIterator[str]:
        server = await asyncio.start_server(upstream, "127.0.0.1", 0)
        upstream.port = server.sockets[0].getsockname()[1]
        yield upstream.url
        server.close()

    with in_thread(serving) as url:
        yield url


def test_every_command_says_what_the_page_says(folder: Path) -> None:
    assert replayed(TEXT, folder) == TEXT


def test_the_proxy_answers_as_the_page_says(folder: Path) -> None:
    """The page's own command line, with free ports, before a model that makes the promise."""
    if not (folder / "bakery.policy").exists():
        replayed(TEXT, folder)
    port, admin = _free(), _free()
    with model_that_says("Yes, our rye bread is gluten-free!") as upstream:
        words = shlex.split(block(TEXT, "serve").removeprefix("$ ").replace("http://127.0.0.1:11434/v1", upstream))
        command = [sys.executable, "-m", *words, "--port", str(port), "--admin-port", str(admin)]
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE)
        try:
            until = time.monotonic() + 40
            while _get(admin, "/readyz")[0] != 200 and time.monotonic() < until:
                time.sleep(0.05)
            body = shlex.split(block(TEXT, "ask"))[-1]
            (choice,) = json.loads(_get(port, "/v1/chat/completions", body)[1])["choices"]
        finally:
            process.kill()
            process.wait()
    shown = json.loads(block(TEXT, "json", "choice"))
    assert {key: choice[key] for key in shown} == shown
