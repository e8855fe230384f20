"""The table of check functions: what an entry's `check` names.

Each gets the matched text and gives how many of its first characters count; 0 when none do.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from guardproxy.patterns import check_digits
from guardproxy.patterns.checks_contact import PHONE_CHECKS
from guardproxy.patterns.checks_credentials import CREDENTIAL_CHECKS
from guardproxy.patterns.checks_money import MONEY_CHECKS
from guardproxy.patterns.checks_network import NETWORK_CHECKS
from guardproxy.patterns.checks_numbers import NUMBER_CHECKS
from guardproxy.patterns.checks_runs import PASSED_OVER, RUN_CHECKS

__all__ = ["CHECKS", "PASSED_OVER", "Check"]

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
    | {**CREDENTIAL_CHECKS, **NETWORK_CHECKS, **NUMBER_CHECKS, **MONEY_CHECKS, **PHONE_CHECKS, **RUN_CHECKS}
)
