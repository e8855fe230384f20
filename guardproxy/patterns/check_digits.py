"""Check digits: whether a number can be one that was really issued.

Each function takes the text that an expression matched and gives how many of its first characters are the number, or 0
when none are. An expression takes as many digits as it can; the number may be followed by others (`4111 1111 1111 1111
12`), so shorter readings are tried too, but never one that ends between two digits.
"""

import re

# Issuer prefix (lowest, highest, of equal length) and the lengths of its cards: ISO/IEC 7812, the issuers' own pages.
_CARDS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("1800", "1800", (15,)),
    ("2131", "2131", (15,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14, 16, 19)),
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("35", "35", (16, 19)),
    ("6011", "6011", (16, 19)),
    ("644", "659", (16, 19)),
    ("60", "60", (16,)),
    ("62", "62", (16, 19)),
    ("81", "81", (16, 19)),
    ("50", "50", (12, 13, 14, 15, 16, 19)),
    ("56", "58", (12, 13, 14, 15, 16, 19)),
    ("63", "63", (12, 13, 14, 15, 16, 19)),
    ("67", "67", (12, 13, 14, 15, 16, 19)),
    ("6759", "6759", (12, 13, 14, 15, 16, 17, 18, 19)),
    ("6767", "6767", (12, 13, 14, 15, 16, 17, 18, 19)),
)
"""17 and 18 digits count for two ranges of Maestro only, as ids of messages have as many and hardly any card has."""

# Length by country: ISO 13616, SWIFT's IBAN registry.
_IBAN_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "HN NI AL AZ BY CY DO GT HU LB PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_IBAN_LENGTHS = {country: length for length, countries in _IBAN_COUNTRIES.items() for country in countries.split()}


_MINUTE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9]")
_YEARS = re.compile(r"(?:19|20)[0-9]{2}([ -])(?:19|20)[0-9]{2}\1(?:19|20)[0-9]{2}")

_PREFIX = 4
_CARD_LENGTHS = {
    b"%04d" % first: lengths[::-1]  # the longest first
    for low, high, lengths in _CARDS
    for first in range(int(low.ljust(_PREFIX, "0")), int(high.ljust(_PREFIX, "9")) + 1)
}
_VALUES = bytes(code - 48 if 48 <= code < 58 else 0 for code in range(256))
_DOUBLED = bytes(sum(divmod(2 * value, 10)) for value in _VALUES)
_SEPARATORS = " -\u00a0"
_SEPARATED = re.compile(f"[{re.escape(_SEPARATORS)}]")
_SEPARATOR_BYTES = _SEPARATORS.encode()


# The end of a social security number, whole ones, the beginning of the next.
_SOCIAL_SECURITY = re.compile(
    r"(?:(?:[0-9]{2}[ -])?[0-9]{4}[ -])?(?:[0-9]{3}([ -])[0-9]{2}\1[0-9]{4}(?:[ -]|\Z))+(?:[0-9]{3}(?:[ -][0-9]{2})?)?"
)


def card_length(matched: str) -> int:
    """A payment card number: an issuer's prefix, one of its lengths, and the check digit of ISO/IEC 7812 (Luhn).

    Digits that are grouped like social security numbers in a row (`6789 123-45-6789`) are none: no card is written so,
    and one in ten of such lists would have a right check digit by chance.
    """
    digits = matched.encode().translate(None, _SEPARATOR_BYTES)
    lengths = _CARD_LENGTHS.get(digits[:_PREFIX])
    if lengths is None:
        return 0
    single, double = digits.translate(_VALUES), digits.translate(_DOUBLED)
    for length in lengths:
        if (
            length <= len(digits)
            and (sum(single[length - 1 :: -2]) + sum(double[length - 2 :: -2])) % 10 == 0
            and (end := _end_before(matched, len(digits) - length))
            and not _SOCIAL_SECURITY.fullmatch(matched, 0, end)
            and not _is_list(matched[:end])
        ):
            return end
    return 0


def _is_list(matched: str) -> bool:
    """Whether these are small numbers in a row (`4 5 7 9 11 14`): no card has more than six groups, but for one that is
    spelled digit by digit."""
    groups = _SEPARATED.split(matched)
    return len(groups) > 6 and any(len(group) > 1 for group in groups)


def iban_length(matched: str) -> int:
    """An account number of ISO 13616: its country's length, and remainder 1 modulo 97."""
    end = _end_of(matched, _IBAN_LENGTHS.get(matched[:2].upper(), 0))
    return end if end and _mod_97(matched[:end].replace(" ", "")) == 1 else 0


def my_number_length(matched: str) -> int:
    """A Japanese individual number: 12 digits, the last one checked (ministerial ordinance no. 85 of 2014, art. 5).

    Bare digits that say a minute (`202611220401`) are none, nor are three years in a row (`2018 2019 2020`): one in
    eleven of them would have a right check digit.
    """
    digits = matched.replace(" ", "").replace("-", "")
    if (len(digits) == len(matched) and _MINUTE.fullmatch(digits)) or _YEARS.fullmatch(matched):
        return 0
    return len(matched) if _my_number_digit(digits[:11]) == int(digits[11]) and digits.strip("0") else 0


def phone_length(matched: str) -> int:
    """A telephone number in international form has at most 15 digits and here at least 8 (ITU-T E.164)."""
    return len(matched) if 8 <= sum(map(str.isdigit, matched)) <= 15 else 0


def _end_of(matched: str, count: int) -> int:
    """Where the first `count` letters and digits end; 0 where there are fewer, or where another one follows at once."""
    places = [i for i, c in enumerate(matched) if c.isalnum()][:count]
    if not count or len(places) < count:
        return 0
    end = places[-1] + 1
    return 0 if matched[end : end + 1].isalnum() else end


def _end_before(matched: str, surplus: int) -> int:
    """Where the digits before the last `surplus` end; 0 where one of those follows at once."""
    end = len(matched)
    while surplus:
        end -= 1
        surplus -= matched[end] not in _SEPARATORS
    return end if end == len(matched) else (end - 1 if matched[end - 1] in _SEPARATORS else 0)


def _mod_97(signs: str) -> int:
    return int("".join(str(int(c, 36)) for c in signs[4:] + signs[:4])) % 97


def _my_number_digit(digits: str) -> int:
    weighted = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), start=1))
    return 0 if weighted % 11 <= 1 else 11 - weighted % 11
