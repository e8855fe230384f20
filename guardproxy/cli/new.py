"""`guardproxy new`: asks a few questions and writes a first policy, with examples, that compiles and holds."""

import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.text import Text

from guardproxy.cli.arguments import Parser, UsageMistake
from guardproxy.cli.first_policy import Answers, Kind, NotAPolicy, detectors, mistakes_in, written_policy
from guardproxy.cli.solver import solver
from guardproxy.cli.terminal import RESULTS, show
from guardproxy.diagnostics import did_you_mean
from guardproxy.storage.reading import UnreadableFile
from guardproxy.storage.writing import create_file

_ABOUT = """Asks a few questions on the terminal, each with a default that Enter takes, and
writes a policy with examples on both sides of each limit. For scripts, give the
answers as flags and add --yes: what is not said takes its default.

Nothing is written before the last answer, and no file is ever overwritten.

Exit code: 0 written, 2 usage, or the file is there already, 130 stopped by
Ctrl-C."""

_KINDS = {"prose": "text for people", "json": "a JSON reply", "calls": "calls to a tool"}
_OUTCOMES = {
    "lower": "the value is moved to the limit",
    "block": "the answer is stopped",
    "hold": "a person decides",
    "ask": "the model is asked again once",
}


def parser() -> Parser:
    parser = Parser("new", "Asks a few questions and writes a first policy.", _ABOUT)
    parser.add_argument("file", metavar="FILE", nargs="?", type=Path, help="where to write it (first.policy)")
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.add_argument("--title", help="what the policy is called")
    parser.add_argument("--answers", choices=tuple(_KINDS), help="what the model answers")
    parser.add_argument("--tool", metavar="NAME", help="the tool that is called")
    parser.add_argument("--field", metavar="NAME", help="the field that has a limit")
    parser.add_argument(
        "--limit",
        metavar="LIMIT",
        help="its limit, as '$100', 36%%, 12 or '400 mg'; single quotes keep the shell from reading $",
    )
    parser.add_argument("--at-least", action="store_true", help="the limit is the least that is allowed, not the most")
    parser.add_argument("--words", metavar="LIST", help="words that are never said, with commas between them")
    parser.add_argument("--secrets", metavar="LIST", help="what is removed from answers, as `email, payment_card`")
    parser.add_argument("--otherwise", choices=tuple(_OUTCOMES), help="what happens where a rule is violated")
    return parser


def run(arguments: Namespace) -> int:
    path = arguments.file or Path("first.policy")
    if path.exists():
        raise UnreadableFile(f"`{path}` is there already and is not overwritten; name another file")
    if not arguments.yes and not sys.stdin.isatty():
        raise UsageMistake("there is no terminal to ask on; give the answers as flags and add --yes")
    _refuse_without_effect(arguments)
    answers = _from_flags(arguments) if arguments.yes else _Interview(arguments).answers()
    try:
        with solver() as ask:
            text = written_policy(answers, ask)
    except NotAPolicy as mistake:
        raise UsageMistake(str(mistake)) from None
    create_file(path, text)
    RESULTS.print(Text.assemble(("✓ ", "bold green"), f"{path} is written; its examples hold"))
    show(f"next: `guardproxy check {path}`, `guardproxy test {path} --mutate`, and more rules and examples of your own")
    return 0


# --- answers by flags -------------------------------------------------------------------------------------------------


def _from_flags(arguments: Namespace) -> Answers:
    """Raises `UsageMistake`."""
    kind = _kind(arguments)
    answers = Answers(kind=kind, at_least=arguments.at_least, secrets=_default_secrets(kind))
    for name in ("title", "tool", "field", "limit"):
        if (said := getattr(arguments, name)) is not None:
            answers = _with(answers, name, said)
    if arguments.words is not None:
        answers = replace(answers, words=_listed(arguments.words))
    if arguments.secrets is not None:
        answers = replace(answers, secrets=_secrets(arguments.secrets))
    if arguments.otherwise is not None:
        answers = replace(answers, outcome=arguments.otherwise)
    return answers


def _kind(arguments: Namespace) -> Kind:
    """What the model answers, said or seen from the other flags."""
    if arguments.answers is not None:
        said: Kind = arguments.answers
        return said
    if arguments.tool is not None:
        return "calls"
    return "json" if arguments.limit is not None or arguments.field is not None or arguments.at_least else "prose"


def _refuse_without_effect(arguments: Namespace) -> None:
    """A flag that changes nothing is a misunderstanding. Raises `UsageMistake`.

    Where questions are asked, only what is said is known: the answers may still give a flag its effect.
    """
    for name in ("words", "secrets"):
        said = getattr(arguments, name)
        if said and not _listed(said):
            raise UsageMistake(f"--{name} {said!r} names nothing; write them with commas between them")
    if arguments.title is not None and not arguments.title.strip():
        raise UsageMistake("--title is empty; a policy has a title")
    if not arguments.yes and arguments.answers is None:
        return
    kind = _kind(arguments)
    if kind == "prose":
        for name in ("limit", "field", "tool", "at_least"):
            if getattr(arguments, name) not in (None, False):
                flag = f"--{name.replace('_', '-')}"
                raise UsageMistake(f"{flag} has no effect on text for people; add --answers json or --answers calls")
    if kind == "json" and arguments.tool is not None:
        raise UsageMistake("--tool has no effect on a JSON reply; add --answers calls, or leave it out")
    if arguments.otherwise is not None and kind == "prose":
        if arguments.otherwise == "lower":
            raise UsageMistake("--otherwise lower has no effect without a limit; name one with --limit")
        if arguments.yes and not arguments.words:
            raise UsageMistake("--otherwise has no effect here: it is for --limit and --words, and none is said")


def _default_secrets(kind: str) -> tuple[str, ...]:
    return ("email", "payment_card") if kind == "prose" else ()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip().strip('"'))))


def _secrets(text: str) -> tuple[str, ...]:
    """Names of detectors. Raises `UsageMistake`."""
    names = _listed(text)
    for name in names:
        if name not in detectors():
            hint = did_you_mean(name, detectors()) or "docs/detectors.md lists all of them"
            raise UsageMistake(f"there is no detector `{name}`; {hint}")
    return names


# --- answers by questions ---------------------------------------------------------------------------------------------


class _Interview:
    """Asks what no flag says, and says at once what is wrong with an answer."""

    def __init__(self, arguments: Namespace) -> None:
        self._said = arguments
        self._flags = _from_flags(arguments)

    def answers(self) -> Answers:
        show("A first policy in a few questions. Enter takes what stands in [brackets]; Ctrl-C stops.")
        found = Answers()
        found = self._text(found, "title", "What is the policy called?")
        found = self._choice(found, "kind", "answers", "What does the model answer?", _KINDS)
        if found.kind == "calls":
            found = self._text(found, "tool", "Which tool is it about? Its name, as the model calls it.")
        if found.kind != "prose":
            found = self._limit(found)
        found = self._list(found, "words", "Which words must never be said? With commas between them.", _listed)
        found = replace(found, secrets=_default_secrets(found.kind))
        about = "What is removed wherever it stands? Detectors like email, payment_card (docs/detectors.md has all)"
        found = self._list(found, "secrets", about, _secrets)
        while not (found.words or found.secrets or found.kind != "prose"):
            show("A policy needs a rule: name words that must not be said, or something to remove.", 2)
            found = self._list(found, "secrets", about, _secrets, again=True)
        if found.words or found.kind != "prose":
            outcomes = {k: v for k, v in _OUTCOMES.items() if k != "lower" or found.kind != "prose"}
            found = replace(found, outcome="lower" if found.kind != "prose" else "block")
            found = self._choice(found, "outcome", "otherwise", "What happens where a rule is violated?", outcomes)
        return found

    def _limit(self, found: Answers) -> Answers:
        found = self._text(found, "field", "Which field has a limit? Its name, as it stands in the JSON.")
        if self._said.at_least or self._said.limit:
            found = replace(found, at_least=self._said.at_least)
        else:
            about = "Is its limit the most or the least that is allowed?"
            found = replace(found, at_least=self._ask(about, "most", _one_of({"most": "", "least": ""})) == "least")
        return self._text(found, "limit", "Which limit? As `$100`, `36%`, `12` or `400 mg`; it is allowed itself.")

    def _text(self, found: Answers, name: str, about: str) -> Answers:
        """One text, tried in a policy at once."""

        def read(said: str) -> str:
            probe = replace(_with(found, name, said), words=found.words or ("x",))
            if mistake := mistakes_in(probe):
                raise UsageMistake(mistake)
            return said

        if getattr(self._said, name) is not None:
            return _with(found, name, read(getattr(self._said, name)))
        return _with(found, name, self._ask(about, getattr(found, name), read))

    def _choice(self, found: Answers, name: str, flag: str, about: str, choices: dict[str, str]) -> Answers:
        said = getattr(self._said, flag)
        if said is None:
            lines = "".join(f"\n  {key:<6} {meaning}" for key, meaning in choices.items())
            said = self._ask(about + lines, getattr(found, name), _one_of(choices))
        return _with(found, name, said)

    def _list(
        self,
        found: Answers,
        name: str,
        about: str,
        read: Callable[[str], tuple[str, ...]],
        again: bool = False,
    ) -> Answers:
        said = getattr(self._said, name)
        if said is not None and not again:
            return _with(found, name, read(said))

        def tried(text: str) -> tuple[str, ...]:
            value = () if text == "none" else read(text)
            if value and (mistake := mistakes_in(_with(found, name, value))):
                raise UsageMistake(mistake)
            return value

        value: Any = self._ask(about, ", ".join(getattr(found, name)) or "none", tried)
        return _with(found, name, value)

    def _ask(self, about: str, default: str, read: Callable[[str], Any]) -> Any:
        """Asks until the answer can be read. Ctrl-D stops as Ctrl-C does."""
        RESULTS.print()
        for line in about.split("\n"):
            show(line)
        while True:
            try:
                said = input(f"[{default}] > ").strip() or default
            except EOFError:
                raise KeyboardInterrupt from None
            try:
                return read(said)
            except (UsageMistake, NotAPolicy) as mistake:
                show(Text(str(mistake), "yellow"), 2)


def _with(answers: Answers, name: str, value: Any) -> Answers:
    changed: dict[str, Any] = {name: value}
    return replace(answers, **changed)


def _one_of(choices: dict[str, str]) -> Callable[[str], str]:
    def read(said: str) -> str:
        word = said.casefold()
        meant: Sequence[str] = [key for key in choices if word and key.startswith(word)]
        if len(meant) != 1:
            raise UsageMistake(f"`{said}` is none of {', '.join(choices)}")
        return meant[0]

    return read
