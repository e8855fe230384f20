"""Command-line arguments, with every mistake said in one sentence."""

import re
from argparse import ArgumentParser, ArgumentTypeError, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from datetime import date
from textwrap import fill
from typing import NoReturn

from guardproxy.checks.values import read_value
from guardproxy.diagnostics import did_you_mean
from guardproxy.ir.types import Number

_NEGATIVE = re.compile(r"-[^\w\s-]?[0-9]")


class UsageMistake(Exception):
    """The command was used wrongly: the text says how, in one sentence."""


class UnknownFlag(UsageMistake):
    """A flag that the command does not have."""

    def __init__(self, text: str, flag: str) -> None:
        super().__init__(text)
        self.flag = flag


class _Help(RawDescriptionHelpFormatter):
    """Paragraphs fit themselves to the terminal; those with indented lines stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.split("\n\n")
        return "\n\n".join(p if "\n  " in p else fill(" ".join(p.split()), width) for p in paragraphs)


class Parser(ArgumentParser):
    """Flags are never abbreviated, and a wrong one is answered with the one that was probably meant."""

    def __init__(self, command: str, summary: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"guardproxy {command}",
            description=summary,
            epilog=epilog or None,
            allow_abbrev=False,
            formatter_class=_Help,
        )

    def error(self, message: str) -> NoReturn:
        raise UsageMistake(f"{self._in_our_words(message)}; see `{self.prog} --help`")

    def read(self, words: Sequence[str]) -> Namespace:
        """The arguments. Raises `UsageMistake`; `--help` prints and leaves with 0, as everywhere."""
        arguments, unknown = self.parse_known_args(self._with_negative_values(words))
        if unknown:
            raise self._unknown(unknown[0])
        return arguments

    def _with_negative_values(self, words: Sequence[str]) -> list[str]:
        """`--limit -5%` as `--limit=-5%`: what begins with a sign and a digit is a value, and no flag."""
        valued = {option for action in self._actions if action.nargs != 0 for option in action.option_strings}
        joined: list[str] = []
        for word in words:
            if joined and joined[-1] in valued and _NEGATIVE.match(word):
                joined[-1] += f"={word}"
            else:
                joined.append(word)
        return joined

    def flags(self) -> list[str]:
        return [option for action in self._actions for option in action.option_strings]

    def _unknown(self, word: str) -> UsageMistake:
        if not word.startswith("-"):
            return UsageMistake(f"`{word}` is one argument too many; see `{self.prog} --help`")
        flag = word.partition("=")[0]
        hint = did_you_mean(flag, self.flags()) or f"see `{self.prog} --help`"
        return UnknownFlag(f"there is no flag `{flag}`; {hint}", flag)

    def _in_our_words(self, message: str) -> str:
        if found := re.fullmatch(r"the following arguments are required: (.+)", message):
            swallowed = not found[1].startswith("-") and any(a.option_strings and a.nargs == "+" for a in self._actions)
            return f"{found[1]} is missing" + (" (it stands before the flags)" if swallowed else "")
        if found := re.fullmatch(r"argument (\S+): invalid choice: (.+?) \(choose from (.+)\)", message):
            return f"{found[1]} cannot be {found[2]}, only {found[3]}"
        if found := re.fullmatch(r"argument (\S+): expected .*", message):
            return f"{found[1]} needs a value"
        return message.removeprefix("argument ")


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """An argument type: a whole number within the limits, both allowed."""

    def read(word: str) -> int:
        if not word.isascii() or not word.isdigit() or not low <= int(word) <= high:
            raise ArgumentTypeError(f"`{word}` is no whole number from {low} to {high}")
        return int(word)

    return read


def day(word: str) -> date:
    """An argument type: a date as ISO 8601 writes it."""
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ArgumentTypeError(f"`{word}` is no date; write it as 2026-11-21") from None


def moment(word: str) -> int:
    """An argument type: an instant as ISO 8601 writes it, in microseconds since 1970 UTC; without a zone, UTC."""
    value = read_value(Number("instant"), word)
    if not isinstance(value, int):
        raise ArgumentTypeError(f"`{word}` is no instant; write it as 2026-11-21T10:00Z")
    return value


def add_files(parser: Parser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="a policy file, or a pack's name such as `privacy`")


def add_policies(parser: Parser, required: bool = True) -> None:
    parser.add_argument(
        "--policy",
        metavar="FILE",
        dest="policies",
        action="extend",
        nargs="+",
        required=required,
        help="policy files, or names of packs such as `privacy`; may be given several times",
    )
