"""Ways to write a text so that it does not look like itself to a search, and is read as itself all the same."""

from collections.abc import Callable

from guardproxy.patterns.look_alike_letters import LOOK_ALIKES

_ALIKE = {letter: alike[min(1, len(alike) - 1)] for letter, alike in LOOK_ALIKES.items()}


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def in_bold_mathematics(text: str) -> str:
    starts = {"A": 0x1D5D4, "a": 0x1D5EE, "0": 0x1D7EC}
    return "".join(chr(ord(c) - ord(s) + starts[s]) if (s := _row(c)) else c for c in text)


def _row(character: str) -> str:
    if not (character.isascii() and character.isalnum()):
        return ""
    return "0" if character.isdigit() else "A" if character.isupper() else "a"


def in_tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(c)) for c in text)


def in_selectors(text: str) -> str:
    return "".join(chr(0xFE00 + byte if byte < 16 else 0xE0100 + byte - 16) for byte in text.encode())


def between(joiner: str) -> Callable[[str], str]:
    return joiner.join


def each(spelled: Callable[[int], str]) -> Callable[[str], str]:
    return lambda text: "".join(spelled(ord(c)) for c in text)


def alike(text: str) -> str:
    return "".join(_ALIKE.get(c, c) for c in text)


def turned(text: str) -> str:
    return f"\u202e{text[::-1]}\u202c"


DISGUISES: dict[str, Callable[[str], str]] = {
    "zero width": between("\u200b"),
    "soft hyphens": between("\u00ad"),
    "joiners": between("\u2060"),
    "bidirectional controls": between("\u2066"),
    "variation selectors": between("\ufe0f"),
    "control characters": between("\x07"),
    "struck out": between("\u0336"),
    "accents": between("\u0301"),
    "bold in markdown": between("**"),
    "code in markdown": between("`"),
    "colours": between("\x1b[31m"),
    "full width": wide,
    "mathematical": in_bold_mathematics,
    "look-alikes": alike,
    "tags": in_tags,
    "bytes in selectors": in_selectors,
    "backwards": turned,
    "decimal entities": each("&#{};".format),
    "entities of entities": each("&amp;#{};".format),
    "hexadecimal entities": each("&#x{:X};".format),
    "JSON escapes": each("\\u{:04x}".format),
    "JSON escapes of escapes": each("\\\\u{:04x}".format),
    "JavaScript escapes": each("\\u{{{:x}}}".format),
    "C escapes": each("\\x{:02x}".format),
    "URL escapes": each("%{:02X}".format),
    "URL escapes of escapes": each("%25{:02X}".format),
}
