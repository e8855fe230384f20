"""Checksums against the vectors of their specifications, and what passes for a secret behind a name."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.checks_credentials import base58_length, base62_crc_length, bech32_length, stellar_length
from guardproxy.patterns.scan import FinderSet

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ASSIGNED = FinderSet([Finder("detector", "assigned_secret")])


@given(st.text(BASE62, min_size=30, max_size=30), st.integers(0, 35), st.sampled_from(BASE62))
def test_a_token_with_one_sign_changed_is_no_token(body: str, place: int, sign: str) -> None:
    check = zlib.crc32(body.encode())
    digits = "".join(BASE62[check // 62**power % 62] for power in range(5, -1, -1))
    token = f"ghp_{body}{digits}"
    other = token[: 4 + place] + sign + token[5 + place :]
    assert base62_crc_length(token) == 40
    assert base62_crc_length(other) == (40 if other == token else 0)


def test_the_vectors_of_the_specifications() -> None:
    assert bech32_length("A12UEL5L") == 8  # BIP 173
    assert bech32_length("A12UEL5K") == 0
    assert base58_length("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ") == 51  # Bitcoin Wiki, import format
    assert base58_length("5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK") == 0
    assert stellar_length("SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR") == 56  # SEP 5
    assert stellar_length("SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKS") == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("password: hunter2!", "password: hunter2!"),
        ("DBPASSWORD=whiteduke", "PASSWORD=whiteduke"),
        ("define('DB_PASSWORD', 'Zx81spectrum');", "PASSWORD', 'Zx81spectrum"),
        ("The token is q7Kd92mfPz01. Keep it.", "token is q7Kd92mfPz01"),
        ("password = get_password_v2()", ""),
        ("password: string", ""),
        ("token = response.data.token1", ""),
        ("api_key = ${API_KEY_1}", ""),
        ("secret: <your-secret-1>", ""),
        ("Your password is required to continue.", ""),
        ("max_tokens: 128000", ""),
        ("the password, hunter22 said,", ""),
        ("Ask for a password:\n\n`ansible-vault encrypt`", ""),
        ('("password", "message")', ""),
    ],
)
def test_what_is_taken_for_an_assigned_secret(text: str, found: str) -> None:
    assert "".join(text[m.start : m.end] for m in ASSIGNED.find(text)) == found
