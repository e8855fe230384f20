"""What stands around a number: part of a longer one, behind a word that says it is none, or made up.

`PASSED_OVER` are tests of whole matches that count for nothing; the search goes on behind them, so that no part of them
counts either.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from guardproxy.patterns.check_digits import card_length, my_number_length
from guardproxy.patterns.checks_numbers import NUMBER_CHECKS

_RUN = re.compile(r"[0-9.]+")
_OCTET = re.compile(r"25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]")
_INSIDE = re.compile(
    r"(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2[0-9]|3[01])|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))\."
)
_DOCUMENTATION = re.compile(r"2001:0?db8:|3fff:(?:0?[0-9a-f]{1,3}:|:)", re.IGNORECASE)
"""RFC 3849 and RFC 9637."""

_IN_FOURS = 12
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}(?: [0-9A-Z]{4}){3,8}(?: [0-9A-Z]{1,3})?")
_KEY = re.compile(r"[0-9A-Z]+(?:-[0-9A-Z]+){3,}")
_FOUR_GROUPS = re.compile(r"[0-9]{4}(?: [0-9]{4}){3}")
_FEW = 3
_VOID = frozenset({"078051120", "219099999"})


def ipv4_length(matched: str) -> int:
    """An address of four octets, without leading zeros; a fifth number is the port, as tcpdump prints it."""
    octets = matched.split(".")[:4]
    return len(".".join(octets)) if all(map(_OCTET.fullmatch, octets)) else 0


def private_ipv4_length(matched: str) -> int:
    """The same in a network that is not routed on the internet."""
    return ipv4_length(matched) if _INSIDE.match(matched) else 0


def is_other_run(matched: str) -> bool:
    """Whether it is a version, a section or an object identifier: a word says so, or it has more than four parts."""
    if not _RUN.fullmatch(matched):
        return True
    parts = matched.split(".")
    return len(parts) > 5 or (len(parts) == 5 and not 1024 <= int(parts[4]) <= 65535)


def is_documentation(matched: str) -> bool:
    """Whether it is an IPv6 address that only examples have."""
    return _DOCUMENTATION.match(matched) is not None


def is_longer_run(matched: str) -> bool:
    """Whether the twelve digits are a part of an account number, of a key with hyphens or of a payment card."""
    if _ACCOUNT.fullmatch(matched) or _KEY.fullmatch(matched):
        return True
    return _FOUR_GROUPS.fullmatch(matched) is not None and card_length(matched) == len(matched)


def my_number_run(matched: str) -> int:
    """A Japanese individual number, which may be followed by four more digits that are not its own."""
    return _in_fours(matched, my_number_length)


def aadhaar_run(matched: str) -> int:
    """The same for an Indian Aadhaar number."""
    return _in_fours(matched, NUMBER_CHECKS["in_aadhaar"])


def _in_fours(matched: str, length: Callable[[str], int]) -> int:
    places = [place for place, sign in enumerate(matched) if sign.isdigit()][:_IN_FOURS]
    number = matched[: places[-1] + 1]
    return 0 if _is_repeated("".join(matched[place] for place in places)) else length(number)


def _is_repeated(digits: str) -> bool:
    """Whether it has three different digits at most or repeats itself (`1111 2222 3333`, `123412341234`): made up."""
    return len(set(digits)) <= _FEW or any(digits == digits[:n] * (len(digits) // n) for n in (4, 6))


def us_ssn(matched: str) -> int:
    """A social security number but for the two that were printed in advertisements and are void since."""
    return 0 if "".join(c for c in matched if c.isdigit()) in _VOID else len(matched)


RUN_CHECKS: Mapping[str, Callable[[str], int]] = MappingProxyType(
    {check.__name__: check for check in (ipv4_length, private_ipv4_length, my_number_run, aadhaar_run, us_ssn)}
)
PASSED_OVER: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {test.__name__: test for test in (is_other_run, is_documentation, is_longer_run)}
)
