"""The library of named text patterns that policies use by name: `never any text contains us_ssn`.

| module         | what is here                                                                                    |
|----------------|-------------------------------------------------------------------------------------------------|
| `*.toml`       | the detectors themselves, one file per family; `docs/detectors.md` shows them all                |
| `loading`      | reads those files; mistakes in them are named with file and entry                                |
| `checks`       | the table of check functions that entries name                                                   |

An expression says what the thing looks like, its check whether it can be one (a check digit, a checksum, how random it
is). Letters and digits are those of ASCII; word edges are ASCII ones too, so that a number next to Japanese text is
found. Every family is a name of its own, too: `never any text contains credentials` looks for all of that file.
"""

from collections.abc import Mapping
from types import MappingProxyType

from guardproxy.patterns.detectors.loading import Detector, Family, read_families

FAMILIES: Mapping[str, Family] = read_families()
"""By name, in the order of the files' names."""

DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {d.name: d for family in FAMILIES.values() for d in family.members}
)
"""All detectors by name, family by family."""

__all__ = ["DETECTORS", "FAMILIES", "Detector", "Family"]
