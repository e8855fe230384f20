"""`guardproxy replay`: judges recorded conversations as the proxy would have."""

from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from guardproxy.cli.arguments import Parser, UsageMistake, add_policies, day, whole_number
from guardproxy.cli.facts import given_facts, point_out_misfits
from guardproxy.cli.recorded import RecordingJudge
from guardproxy.cli.replay_table import Tally, show_tally
from guardproxy.cli.terminal import REMARKS, RESULTS, remark
from guardproxy.conversation import Facts
from guardproxy.exact_json import dumps
from guardproxy.ir.policy import Policy
from guardproxy.storage.policy_files import LoadedPolicies, load_policies
from guardproxy.storage.reading import UnreadableFile
from guardproxy.storage.recordings import Recording, read_recordings

Line = dict[str, Any]
T = TypeVar("T")


def parser() -> Parser:
    endings = "Exit code: 0 judged, whatever the verdicts, 2 a file cannot be used."
    parser = Parser("replay", "Judges recorded conversations as the proxy would have.", endings)
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help='a .jsonl or .jsonl.gz file of {"id", "messages"} lines; `-` reads them from standard input',
    )
    add_policies(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="a table, or one JSON line per message"
    )
    parser.add_argument("--jobs", type=whole_number(1, 256), default=1, metavar="N", help="processes to judge with (1)")
    parser.add_argument("--facts", type=Path, metavar="FILE", help="facts for every conversation, as JSON")
    parser.add_argument("--today", type=day, metavar="DATE", help="the date that rules see, as 2026-11-21 (unknown)")
    return parser


def run(arguments: Namespace) -> int:
    loaded, recordings, facts = _inputs(arguments)
    policies = loaded.policies
    for sentence in loaded.remarks:
        remark(sentence)
    if not recordings:
        raise UsageMistake(f"`{arguments.file}` holds no conversation")
    point_out_misfits(recordings, policies)
    judged = _judged(recordings, policies, facts, arguments.today, arguments.jobs)
    tally = Tally(policies)
    with_json = arguments.format == "json"
    hidden = not REMARKS.is_terminal or (with_json and RESULTS.is_terminal)
    for lines in _with_progress(judged, len(recordings), hidden):
        tally.add(lines)
        if with_json:
            for line in lines:
                RESULTS.out(dumps(line))
    if not with_json:
        show_tally(RESULTS, tally)
    return 0


def _inputs(arguments: Namespace) -> tuple[LoadedPolicies, list[Recording], Facts]:
    """Everything that is read. Raises one `UnreadableFile` that names all that cannot be."""
    unreadable: list[str] = []

    def attempt(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except UnreadableFile as failure:
            unreadable.append(str(failure))
            return None

    loaded = attempt(lambda: load_policies(arguments.policies))
    recordings = attempt(lambda: list(read_recordings(arguments.file)))
    facts = attempt(lambda: given_facts(arguments.facts, loaded.policies if loaded else None))
    if loaded is None or recordings is None or facts is None:
        raise UnreadableFile("\n".join(unreadable))
    return loaded, recordings, facts


def _judged(
    recordings: Sequence[Recording], policies: Sequence[Policy], facts: Facts, today: date | None, jobs: int
) -> Iterator[list[Line]]:
    """The findings of each conversation, in the file's order."""
    if jobs == 1:
        worker = _Worker(policies, facts, today)
        try:
            yield from map(worker.lines, recordings)
        finally:
            worker.judge.close()
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _start_worker, (policies, facts, today)) as pool:
        yield from pool.map(_work, recordings, chunksize=4)


class _Worker:
    """One process's own compiled policies and solver."""

    current: "_Worker"

    def __init__(self, policies: Sequence[Policy], facts: Facts, today: date | None) -> None:
        self.judge = RecordingJudge(policies, facts, today)

    def lines(self, recording: Recording) -> list[Line]:
        return [self.judge.as_json(finding) for finding in self.judge.judge(recording)]


def _start_worker(policies: Sequence[Policy], facts: Facts, today: date | None) -> None:
    _Worker.current = _Worker(policies, facts, today)


def _work(recording: Recording) -> list[Line]:
    return _Worker.current.lines(recording)


def _with_progress(judged: Iterable[list[Line]], total: int, hidden: bool) -> Iterator[list[Line]]:
    columns = (
        TextColumn("judging"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("conversations"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=REMARKS, transient=True, disable=hidden) as progress:
        yield from progress.track(judged, total)
