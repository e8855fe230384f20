"""Checksums of addresses to which cryptocurrencies are paid.

Each check gives the length of an address that can be one, 0 for any other.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType

_BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_SUMS = frozenset({1, 0x2BC830A3})
"""Of bech32 and of bech32m (BIP 173 and 350)."""


def base58check_version(address: str, alphabet: str = _BITCOIN) -> int | None:
    """The first byte of an address of 25 bytes whose last four are right (the double SHA-256 of the others)."""
    number = 0
    for sign in address:
        number = number * 58 + alphabet.index(sign)
    if number >= 1 << 200:
        return None
    data = number.to_bytes(25, "big")
    return data[0] if sha256(sha256(data[:21]).digest()).digest()[:4] == data[21:] else None


def is_bech32(address: str) -> bool:
    """Whether the last six signs are the checksum of the others; one case throughout."""
    if address not in (address.lower(), address.upper()):
        return False
    prefix, _, rest = address.lower().rpartition("1")
    values = [_BECH32.find(sign) for sign in rest]
    if not prefix or -1 in values:
        return False
    check = 1
    for value in (*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values):
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATOR):
            check ^= generator if top >> place & 1 else 0
    return check in _BECH32_SUMS


def _base58(*versions: int, alphabet: str = _BITCOIN) -> Callable[[str], int]:
    return lambda matched: len(matched) if base58check_version(matched, alphabet) in versions else 0


def _bech32(matched: str) -> int:
    return len(matched) if is_bech32(matched) else 0


def _either(*versions: int) -> Callable[[str], int]:
    """Both forms of an address: only that of bech32 begins with two letters of a currency and a 1."""
    base58 = _base58(*versions)
    return lambda matched: _bech32(matched) if matched[:3].lower() in ("bc1", "ltc") else base58(matched)


MONEY_CHECKS: Mapping[str, Callable[[str], int]] = MappingProxyType(
    {
        "bitcoin": _either(0x00, 0x05),
        "litecoin": _either(0x30, 0x32),
        "dogecoin": _base58(0x1E, 0x16),
        "tron": _base58(0x41),
        "ripple": _base58(0x00, alphabet=_RIPPLE),
        "bech32": _bech32,
    }
)
