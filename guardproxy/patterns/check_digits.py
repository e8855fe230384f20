"""Check digits: whether a number can be one that was really issued.

Each function takes the text that an expression matched and gives how many of its first characters are the number, or 0
when none are. An expression takes as many digits as it can; the number may be followed by others (`4111 1111 1111 1111
12`), so shorter readings are tried too, but never one that ends between two digits.
"""

from collections.abc import Callable, Iterator

# Issuer prefix (lowest, highest, of equal length) and the lengths that its cards have: ISO/IEC 7812, issuers' own pages.
_CARDS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("4", "4", (13, 16, 19)),
    ("51", "55", (16,)),
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),
    ("37", "37", (15,)),
    ("300", "305", (14, 16, 19)),
    ("36", "36", (14, 16, 19)),
    ("38", "39", (14, 16, 19)),
    ("3528", "3589", (16, 17, 18, 19)),
    ("6011", "6011", (16, 17, 18, 19)),
    ("644", "659", (16, 17, 18, 19)),
    ("60", "60", (16,)),
    ("62", "62", (16, 17, 18, 19)),
    ("81", "81", (16, 17, 18, 19)),
    ("50", "50", (13, 14, 15, 16, 17, 18, 19)),
    ("56", "58", (13, 14, 15, 16, 17, 18, 19)),
    ("63", "63", (13, 14, 15, 16, 17, 18, 19)),
    ("67", "67", (13, 14, 15, 16, 17, 18, 19)),
)

# Length by country: ISO 13616, SWIFT's IBAN registry.
_IBAN_LENGTHS = {
    **{"NO": 15, "BE": 16, "DK": 18, "FI": 18, "FO": 18, "GL": 18, "NL": 18, "MK": 19, "SI": 19, "AT": 20, "BA": 20},
    **{"EE": 20, "KZ": 20, "LT": 20, "LU": 20, "XK": 20, "CH": 21, "HR": 21, "LI": 21, "LV": 21, "BG": 22, "BH": 22},
    **{"CR": 22, "DE": 22, "GB": 22, "GE": 22, "IE": 22, "ME": 22, "RS": 22, "VA": 22, "AE": 23, "GI": 23, "IL": 23},
    **{"IQ": 23, "TL": 23, "OM": 23, "AD": 24, "CZ": 24, "ES": 24, "MD": 24, "PK": 24, "RO": 24, "SA": 24, "SE": 24},
    **{"SK": 24, "TN": 24, "VG": 24, "PT": 25, "ST": 25, "LY": 25, "FR": 27, "GR": 27, "IT": 27, "MC": 27, "MR": 27},
    **{"SM": 27, "AL": 28, "AZ": 28, "BY": 28, "CY": 28, "DO": 28, "GT": 28, "HU": 28, "LB": 28, "PL": 28, "SV": 28},
    **{"BR": 29, "EG": 29, "PS": 29, "QA": 29, "UA": 29, "JO": 30, "KW": 30, "MU": 30, "MT": 31, "SC": 31, "LC": 32},
}


def card_length(matched: str) -> int:
    """A payment card number: an issuer's prefix, one of its lengths, and the check digit of ISO/IEC 7812 (Luhn)."""
    return _longest(matched, lambda digits: _is_issued(digits) and _luhn(digits) == 0)


def iban_length(matched: str) -> int:
    """An account number of ISO 13616: its country's length, and remainder 1 modulo 97."""
    length = _IBAN_LENGTHS.get(matched[:2], 0)
    return _longest(matched, lambda signs: len(signs) == length and _mod_97(signs) == 1)


def my_number_length(matched: str) -> int:
    """A Japanese individual number: 12 digits, the last one checked (ministerial ordinance no. 85 of 2014, art. 5)."""
    return _longest(matched, lambda digits: len(digits) == 12 and _my_number_digit(digits[:11]) == int(digits[11]))


def phone_length(matched: str) -> int:
    """A telephone number in international form has at most 15 digits and here at least 8 (ITU-T E.164)."""
    return len(matched) if 8 <= sum(c.isdigit() for c in matched) <= 15 else 0


def _longest(matched: str, holds: Callable[[str], bool]) -> int:
    return next((end for end, signs in _readings(matched) if holds(signs)), 0)


def _readings(matched: str) -> Iterator[tuple[int, str]]:
    """Each prefix that does not end between two letters or digits, longest first, with and without its separators."""
    for end in range(len(matched), 0, -1):
        inside = end < len(matched) and matched[end].isalnum()
        if matched[end - 1].isalnum() and not inside:
            yield end, "".join(c for c in matched[:end] if c.isalnum())


def _is_issued(digits: str) -> bool:
    return any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _CARDS)


def _luhn(digits: str) -> int:
    """The sum modulo 10 with every second digit from the right doubled, its digits added."""
    total = sum(int(d) for d in digits[-1::-2])
    return (total + sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])) % 10


def _mod_97(signs: str) -> int:
    return int("".join(str(int(c, 36)) for c in signs[4:] + signs[:4])) % 97


def _my_number_digit(digits: str) -> int:
    weighted = sum(int(d) * (n + 1 if n <= 6 else n - 5) for n, d in enumerate(reversed(digits), start=1))
    return 0 if weighted % 11 <= 1 else 11 - weighted % 11
