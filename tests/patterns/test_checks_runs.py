"""What stands around a number decides whether it is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardproxy.ir.terms import Finder
from guardproxy.patterns.scan import FinderSet


def said(name: str, text: str) -> list[str]:
    return [match.said for match in FinderSet([Finder("detector", name)]).find(text)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("ping 10.0.0.5, then 8.8.8.8.", ["10.0.0.5", "8.8.8.8"]),
        ("from 10.0.0.1 to 10.0.0.2", ["10.0.0.1", "10.0.0.2"]),
        ("IP 10.0.0.1.44321 > 10.0.0.2.443", ["10.0.0.1"]),
        ("**Version**: 1.2.3.4", []),
        ("sections 3.1.4.1 and 3.1.4.2", []),
        ("version 1.2.3.4 runs at 10.0.0.1", ["10.0.0.1"]),
        ("第1.2.3.4項", []),
        ("OID 1.3.6.1.4.1.311.10.3.4", []),
    ],
)
def test_versions_and_sections_are_no_addresses(text: str, addresses: list[str]) -> None:
    assert said("ipv4", text) == addresses


@given(st.tuples(*[st.integers(0, 255)] * 4), st.sampled_from(["", "at ", "host=", "http://", "サーバー"]))
def test_every_other_address_is_found(octets: tuple[int, ...], before: str) -> None:
    address = ".".join(map(str, octets))
    assert said("ipv4", f"{before}{address}:80") == [address]


def test_part_of_a_longer_number_is_none() -> None:
    longer = ["DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "1234-5678-9018-A1B2", "X1-1234-5678-9018"]
    assert [text for text in longer if said("jp_my_number", text) or said("in_aadhaar", text)] == []
    assert said("jp_my_number", "1234 5678 9018 2024") == ["1234 5678 9018"]
    assert said("in_aadhaar", "8989 2413 4058 1234") == ["8989 2413 4058"]


def test_made_up_and_void_numbers_are_none() -> None:
    assert said("jp_my_number", "1111 2222 3333") == said("in_aadhaar", "2222 3333 4444") == []
    assert said("us_ssn", "078-05-1120, SSN 219099999, 078-05-1121") == ["078-05-1121"]


def test_addresses_of_documentation_are_none_in_any_part() -> None:
    assert said("ipv6", "::1, 2001:db8::ff00:42:8329, 3fff:0:1::2:3") == []
    assert said("ipv6", "2606:4700:4700::1111") == ["2606:4700:4700::1111"]
