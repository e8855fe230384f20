"""The entry point `guardproxy`: runs the command's module and turns mistakes into one sentence and exit 2."""

import sys
from collections.abc import Sequence
from importlib import import_module

from rich.text import Text

from guardproxy import __version__
from guardproxy.cli.arguments import UnknownFlag, UsageMistake
from guardproxy.cli.terminal import RESULTS, complain
from guardproxy.diagnostics import closest, did_you_mean
from guardproxy.storage.reading import UnreadableFile

COMMANDS = {
    "new": "asks a few questions and writes a first policy",
    "check": "compiles policies, proves what can be proved, and shows what is wrong",
    "test": "runs the examples that stand in policies, and says what they miss",
    "explain": "shows what a policy becomes, and how it judges a reply step by step",
    "fmt": "writes policies in the canonical layout",
    "diff": "compares two versions of a policy: what one allows and the other does not",
    "replay": "judges recorded conversations",
    "serve": "runs the proxy in front of an OpenAI-compatible server",
    "demo": "the proxy at work, with an embedded model server",
}
"""Each one is a module of this package; only the one that is needed is imported, so that `check` starts at once."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = sys.argv[1:] if words is None else list(words)
    try:
        return _run(words)
    except (UsageMistake, UnreadableFile) as mistake:
        complain(str(mistake))
        return 2
    except KeyboardInterrupt:
        return 130


def _run(words: Sequence[str]) -> int:
    if len(words) > 1 and words[0] == "help":
        words = [words[1], "--help"]
    if not words or words[0] in ("-h", "--help", "help"):
        _show_commands()
        return 0 if words else 2
    if words[0] in ("-V", "--version"):
        RESULTS.print(Text(f"guardproxy {__version__}"))
        return 0
    command, *rest = words
    if command not in COMMANDS:
        raise UsageMistake(_unknown(command))
    module = import_module(f"guardproxy.cli.{command}")
    try:
        arguments = module.parser().read(rest)
    except UnknownFlag as mistake:
        raise UsageMistake(_of_another_command(command, mistake.flag) or str(mistake)) from None
    return int(module.run(arguments))


def _of_another_command(command: str, flag: str) -> str:
    """Where a flag belongs that another command has, or nearly has; empty where this command has one that is nearer."""
    flags = {c: import_module(f"guardproxy.cli.{c}").parser().flags() for c in COMMANDS}
    known = [option for others in flags.values() for option in others]
    meant = closest(flag, known)
    owners = [c for c, options in flags.items() if meant in options]
    if meant is None or command in owners:
        return ""
    return (
        f"there is no flag `{flag}`; `{meant}` belongs to {' and '.join(f'`guardproxy {owner}`' for owner in owners)}"
    )


def _unknown(command: str) -> str:
    if command.startswith("-"):
        flag = did_you_mean(command, ("--help", "--version")) or "see `guardproxy --help`"
        return f"there is no flag `{command}` before a command; {flag}"
    hint = did_you_mean(command, COMMANDS) or f"there are {', '.join(COMMANDS)}"
    return f"there is no command `{command}`; {hint}"


def _show_commands() -> None:
    rows = ["guardproxy COMMAND ...", "", "A guardrail proxy with formal output constraints.", ""]
    rows += [f"  {name:<8} {summary}" for name, summary in COMMANDS.items()]
    rows += ["", "`guardproxy help COMMAND` says more about one of them."]
    RESULTS.print(Text("\n".join(rows)))
