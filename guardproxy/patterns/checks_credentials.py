"""Whether what looks like a credential can be one: checksums, and how random a value is.

Each function takes the text that an expression matched and gives how many of its first characters count, or 0.
"""

import binascii
import hashlib
import re
import zlib
from base64 import b32decode
from itertools import pairwise

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


# --- checksums --------------------------------------------------------------------------------------------------------


def base62_crc_length(matched: str) -> int:
    """A token of GitHub or npm: the last six characters are the CRC-32 of those before them, without the prefix."""
    body = matched.partition("_")[2]
    rest, digits = zlib.crc32(body[:-6].encode()), ""
    while rest:
        rest, digit = divmod(rest, 62)
        digits = _BASE62[digit] + digits
    return len(matched) if digits.rjust(6, "0") == body[-6:] else 0


def base58_length(matched: str) -> int:
    """A key in Base58Check: its last four bytes begin the doubled SHA-256 of the others."""
    number = 0
    for sign in matched:
        number = number * 58 + _BASE58.index(sign)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return len(matched) if hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:] else 0


def bech32_length(matched: str) -> int:
    """A key in Bech32 (BIP 173): the prefix up to the last `1`, then data with a checksum of six characters."""
    prefix, _, data = matched.lower().rpartition("1")
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + [_BECH32.index(c) for c in data]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return len(matched) if check == 1 else 0


def stellar_length(matched: str) -> int:
    """A secret seed of Stellar (SEP 23): base32, at the end a CRC-16 (XModem) with its low byte first."""
    data = b32decode(matched)
    return len(matched) if binascii.crc_hqx(data[:-2], 0) == int.from_bytes(data[-2:], "little") else 0


# --- how random a value is --------------------------------------------------------------------------------------------

_NOT_GIVEN = re.compile(
    r"your|my[_-]|xxxx|\*\*\*|\.\.\.|placeholder|redacted|dummy|example|insert|replace|change[_-]?(?:me|it)|todo|"
    r"secret[_-]?(?:key|here|value)|<|\{\{|aaaaaa|000000"
)
_WORDS = re.compile(r"[^A-Za-z0-9]*(?:[A-Za-z]+[0-9]{0,2}(?:[^A-Za-z0-9]+|\Z))+")
_NUMBERS = re.compile(r"[0-9.,:/_ +-]+")
_TYPES = re.compile(
    r"(?:u?int|float|sha|md|utf|base|aes|rsa|hs|rs|es|ed|oauth|string|str|type|version|v|http|s3|ipv?)-?[0-9]+"
)
_PATH = re.compile(
    r"[a-z]{0,8}:?/|\.{1,2}/|~/|[$%@&:.=-]|[^ ]*\.(?:json|ya?ml|pem|key|crt|txt|env|py|js|ts|go|java|md)\Z", re.A
)
_ASSIGNED = re.compile(
    r"(.*?)[\"'`]?[])]?\s*(=>|[:?]{1,3}=|!==?|===?|=|:|：|,|>|は|\bis\b|\s(?=[\"']))\s*(?:[bruf@](?=[\"'`]))?([\"'`]{0,2})(.+)",
    re.S,
)
_OF_A_PERSON = re.compile(r"(?i:pass|pwd|contrase|senha|wachtwoord)|パスワード|密码|비밀번호|пароль")
_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*=[A-Za-z0-9]", re.A)
_SAID_OF_PASSWORDS = re.compile(
    r"\b(?:"
    r"password|passwort|passwd|string|number|boolean|object|undefined|required|optional|invalid|incorrect|missing|"
    r"default|hidden|false|input|value|current|change|confirm|forgot|reset|update|length|varchar|private|public|static|"
    r"strong|encrypted|hashed|plaintext|plain|validate|present|unknown|disabled|enabled|nullable|select|field"
    r")\b"
)
_KEY_VALUE = re.compile(r"[A-Za-z0-9_+/.~-]{16,}={0,3}\Z", re.A)
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def mixed_length(matched: str) -> int:
    """A token whose form alone says little: its letters and digits must change as they do in random text."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(matched) if a.isalnum() and b.isalnum())
    return len(matched) if changes * 8 >= len(matched) and len(set(matched)) >= 8 else 0


def cased_length(matched: str) -> int:
    """A token of capitals, small letters and digits: they must change at least half as often as in random text."""
    kinds = [(c.isupper(), c.isdigit()) for c in matched if c.isalnum()]
    changes = sum(a != b for a, b in pairwise(kinds))
    return len(matched) if changes * 4 >= len(matched) and len(set(kinds)) == 3 else 0


def key_value_length(matched: str) -> int:
    """A long value behind a name: a UUID, or letters and digits that change as they do in random text."""
    value = _KEY_VALUE.search(matched)
    if (
        value is None
        or _WORDS.fullmatch(value[0])
        or _NUMBERS.fullmatch(value[0])
        or _NOT_GIVEN.search(value[0].lower())
    ):
        return 0
    return len(matched) if _UUID.fullmatch(value[0].strip("=.-")) or mixed_length(value[0]) else 0


def header_length(matched: str) -> int:
    """The credentials of a header, where they are no placeholder and no word; without a scheme, only random ones."""
    *before, value = re.split(r"[\s\"'=:,]+", matched.rstrip("="))
    if len(before) == 1 and not (len(value) >= 16 and mixed_length(value)):
        return 0
    is_given = not _NOT_GIVEN.search(value.lower()) and not _WORDS.fullmatch(value)
    return len(matched) if is_given else 0


def assigned_length(matched: str) -> int:
    """An assigned value that looks random, without the full stop behind it.

    A password that a person thought of is shorter and more like a word than a key, so less is asked of it.
    """
    parts = _ASSIGNED.fullmatch(matched)
    if parts is None:
        return 0
    name, sign, quote, value = parts.groups()
    lines = matched.count("\n")
    if (
        lines > 1
        or (lines and "`" in quote)
        or (sign == "," and not quote)
        or (sign == ">" and not _is_element(matched, name, value))
    ):
        return 0  # a new paragraph, a line of code, a member or a comparison, and no value
    kept = value.rstrip(".:?=") if not quote else value
    spoken = sign in ("is", "は")
    is_sure = (bool(quote) and sign not in (",", " ")) or _ENVIRONMENT.match(matched) is not None
    counts = _is_password(kept, is_sure) if _OF_A_PERSON.search(name) and not spoken else _is_random(kept)
    return len(matched) - len(value) + len(kept) if counts else 0


def _is_element(matched: str, name: str, value: str) -> bool:
    """Whether it is an element of XML with its text: `<password>...`."""
    return matched == f"{name}>{value}" and not name.endswith("-")


def _is_random(value: str) -> bool:
    """At least eight characters, letters and digits, and not words and numbers with signs between them."""
    if len(value) < 8 or _is_no_value(value) or _WORDS.fullmatch(value) or _NUMBERS.fullmatch(value):
        return False
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value) and len(set(value)) >= 6


def _is_password(value: str, is_sure: bool) -> bool:
    """Where it is `is_sure` that a value stands there and no name, a word does too."""
    if _is_no_value(value) or _TYPES.fullmatch(value.lower()):
        return False
    if is_sure:
        return not _SAID_OF_PASSWORDS.search(value.lower())
    is_name = _WORDS.fullmatch(value) is not None and ("_" in value or "." in value)
    return not is_name and any(c.isalpha() for c in value) and any(c.isdigit() for c in value)


def _is_no_value(value: str) -> bool:
    return bool(_NOT_GIVEN.search(value.lower()) or _PATH.match(value))


# --- connections ------------------------------------------------------------------------------------------------------

_CREDENTIALS = re.compile(r"://([^:/@]*):([^@]*)@")
_NO_PASSWORD = re.compile(r"(?i:pass(?:word|wd)?|pwd|p|pw|\*+|x+|\.+|[$%<{\[].*|.*[>}\]])")


def connection_length(matched: str) -> int:
    """An address with a user and a password in it, where the password is neither a placeholder nor the user's name."""
    found = _CREDENTIALS.search(matched)
    if found is None:
        return 0
    user, password = found.groups()
    is_given = password != user and not _NO_PASSWORD.fullmatch(password) and not _NOT_GIVEN.search(password.lower())
    return len(matched) if is_given else 0


def password_field_length(matched: str) -> int:
    """A field of a connection string or option of a command, where its value is no placeholder."""
    value = re.split(r"[=\s:]", matched.rstrip("="))[-1].strip("\"'")
    return len(matched) if not _NO_PASSWORD.fullmatch(value) and not _NOT_GIVEN.search(value.lower()) else 0


def command_password_length(matched: str) -> int:
    """A password behind an option: no placeholder, no other option or address, no pair of user and group ids."""
    value = re.split(r"[=\s]", matched)[-1].strip("\"'")
    is_other = re.match(r"-|[a-z0-9+]+://|[0-9:]+\Z", value)
    return 0 if is_other else password_field_length(matched)


def written_password_length(matched: str) -> int:
    """A password at the end of a line that could be prose: it has something that is no letter."""
    value = matched.split()[-1]
    return password_field_length(matched) if not value.rstrip(".,;").isalpha() else 0


CREDENTIAL_CHECKS = {
    check.__name__: check
    for check in (
        base62_crc_length,
        base58_length,
        bech32_length,
        stellar_length,
        mixed_length,
        cased_length,
        header_length,
        key_value_length,
        assigned_length,
        connection_length,
        password_field_length,
        command_password_length,
        written_password_length,
    )
}
