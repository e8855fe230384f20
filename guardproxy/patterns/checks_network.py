"""Whether what looks like an address in a network is one.

Each function takes the text that an expression matched and gives how many of its first characters count, or 0.
"""

from ipaddress import IPv6Address

_MEMBERS = frozenset({"self", "this", "cls", "window", "document", "module", "config", "settings", "os", "std"})
_LEAST_SIGNS = 6
_COLONS = 7


def ipv6_length(matched: str) -> int:
    """An IPv6 address as the standard library reads it; not `a::b` or `std::add`, which are names in programs."""
    text = matched.removesuffix(":") if not matched.endswith("::") else matched
    if "::" not in text and text.count(":") != _COLONS:
        return 0  # a time of day, say
    signs = sum(c.isalnum() for c in text)
    if not (signs >= _LEAST_SIGNS and any(c.isdigit() for c in text)):
        return 0
    try:
        IPv6Address(text)
    except ValueError:
        return 0
    return len(text)


def host_length(matched: str) -> int:
    """A host name, and not a member of an object in a program (`self.local`, `this.private`)."""
    return 0 if matched.split(".", 1)[0].lower() in _MEMBERS else len(matched)


NETWORK_CHECKS = {check.__name__: check for check in (ipv6_length, host_length)}
