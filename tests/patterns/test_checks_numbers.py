"""Rules that are computed here, and not by the library, on numbers that the issuers or the press printed."""

import pytest

from guardproxy.patterns.checks_numbers import NUMBER_CHECKS


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        ("au_medicare", "2123 45670 1", "2123 45671 1"),
        ("be_nn", "85.07.30-033.28", "85.07.30-033.29"),
        ("de_rvnr", "15070649C103", "15070649C104"),
        ("dk_cpr", "211062-5629", "211062-5628"),
        ("document", "L898902C36", "L898902C37"),
        ("fi_hetu", "131052-308T", "131052-308U"),
        ("hk_id", "A123456(3)", "A123456(4)"),
        ("kr_rrn", "971013-9019902", "971013-9019903"),
        ("mx_clabe", "032180000118359719", "032180000118359718"),
        ("no_fodselsnummer", "15108695088", "15108695089"),
        ("ru_snils", "112-233-445 95", "112-233-445 96"),
        ("se_personnummer", "811228-9874", "811228-9875"),
        ("sg_nric", "S1234567D", "S1234567E"),
        ("tw_id", "A123456789", "A123456788"),
        ("us_dea", "AB1234563", "AB1234564"),
        ("us_npi", "1234567893", "1234567894"),
        ("vin", "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
        ("za_idnr", "7503305044089", "7503305044088"),
    ],
)
def test_the_right_number_counts_and_the_wrong_one_does_not(check: str, right: str, wrong: str) -> None:
    assert (NUMBER_CHECKS[check](right), NUMBER_CHECKS[check](wrong)) == (len(right), 0)


def test_dates_that_do_not_exist_are_none() -> None:
    assert NUMBER_CHECKS["za_idnr"]("7513305044089") == 0
    assert NUMBER_CHECKS["kr_rrn"]("971313-1019902") == 0


def test_korean_numbers_of_today_have_no_check_digit() -> None:
    assert NUMBER_CHECKS["kr_rrn"]("210101-3123451") == NUMBER_CHECKS["kr_rrn"]("210101-3123459") == 14


def test_a_vat_number_ends_where_it_does() -> None:
    assert NUMBER_CHECKS["eu_vat"]("DE136695976 12") == len("DE136695976")


def test_company_codes_have_their_check_sign() -> None:
    assert NUMBER_CHECKS["mx_rfc"]("GODE561231GR8") == 13
    assert NUMBER_CHECKS["mx_rfc"]("GODE561231GR9") == 0
