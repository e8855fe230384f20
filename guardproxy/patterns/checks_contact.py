"""Whether a telephone number can be one of its country: the only door to phonenumbers, Google's numbering plans.

The library's own test takes some 50 microseconds, which a long list of numbers would multiply; so the plans are read
from it once, and a number is compared with them here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import phonenumbers

_REGIONS = ("AU", "BR", "CN", "DE", "ES", "FR", "GB", "IN", "IT", "JP", "KR", "NL", "US")
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


def is_number_of(region: str, text: str) -> bool:
    """Whether the plan of a region (two letters of ISO 3166), or of one that shares its code, knows such a number."""
    figures = "".join(c for c in text if c.isdigit())
    prefix, plan = _plan(region)
    if plan.fullmatch(figures):
        return True
    return bool(prefix) and figures.startswith(prefix) and plan.fullmatch(figures[len(prefix) :]) is not None


@lru_cache(maxsize=64)
def _plan(region: str) -> tuple[str, re.Pattern[str]]:
    """What is dialled before a number inside the country, and the form of all its numbers."""
    code = phonenumbers.country_code_for_region(region)
    patterns = [p for sharing in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code] for p in _patterns(sharing)]
    return _metadata(region).national_prefix or "", re.compile("|".join(dict.fromkeys(patterns)))


def _patterns(region: str) -> Iterator[str]:
    for kind in _KINDS:
        described = getattr(_metadata(region), kind)
        if described is not None and described.national_number_pattern:
            yield f"(?:{described.national_number_pattern})"


def _metadata(region: str) -> phonenumbers.PhoneMetadata:
    found = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    if found is None:
        raise LookupError(f"phonenumbers has no numbering plan for the region {region}")
    return found


def _national(region: str) -> Callable[[str], int]:
    return lambda matched: len(matched) if is_number_of(region, matched) else 0


PHONE_CHECKS: Mapping[str, Callable[[str], int]] = MappingProxyType(
    {f"phone_{region.lower()}": _national(region) for region in _REGIONS}
)
"""By region: the length of a number that its plan knows, 0 for any other."""
