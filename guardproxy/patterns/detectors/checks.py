"""The table of check functions: what an entry's `check` names.

Each gets the matched text and gives how many of its first characters count; 0 when none do.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from guardproxy.patterns import check_digits

Check = Callable[[str], int]

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            check_digits.card_length,
            check_digits.iban_length,
            check_digits.my_number_length,
            check_digits.phone_length,
        )
    }
)
