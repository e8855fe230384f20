"""The library of named text patterns that policies use by name: `never any text contains us_ssn`.

An expression says what the thing looks like, `accept` whether it can be one (a check digit). Letters and digits are
those of ASCII; word edges are ASCII ones too, so that a number next to Japanese text is found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guardproxy.patterns.check_digits import card_length, iban_length, my_number_length, phone_length


@dataclass(frozen=True, slots=True)
class Detector:
    """A named pattern. `expression` is in RE2's syntax.

    `accept` gets the matched text and gives how many of its first characters count, 0 for none; then the search looks
    on from the next character, so that nothing hidden inside is missed. None: every match counts.
    `matches` are texts in which the detector finds something, `others` texts in which it finds nothing.
    """

    name: str
    expression: str
    accept: Callable[[str], int] | None
    finds: str
    source: str
    matches: tuple[str, ...]
    others: tuple[str, ...]


_PERSON = (
    Detector(
        "us_ssn",
        r"\b(?:00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])"
        r"(?:-(?:0[1-9]|[1-9][0-9])-|\x20(?:0[1-9]|[1-9][0-9])\x20)"
        r"(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})\b",
        None,
        "a US social security number with its separators, without the ranges that are never issued",
        "Social Security Administration: area 000, 666 and 900 to 999, group 00, serial 0000 are not assigned",
        ("123-45-6789", "SSN: 665 01 0001.", "899-99-9999"),
        ("000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45-67890", "123456789"),
    ),
    Detector(
        "jp_my_number",
        r"\b[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{4}\b",
        my_number_length,
        "a Japanese individual number (My Number)",
        "Ministerial ordinance no. 85 of 2014 of the Ministry of Internal Affairs, article 5: the check digit",
        ("123456789018", "番号は1234-5678-9018です", "1234 5678 9018"),
        ("1234-5678-9012", "123456789012", "1234567890180", "1234.5678.9018"),
    ),
    Detector(
        "email",
        r"[A-Za-z0-9_][A-Za-z0-9._%+\-]{0,63}@(?:[A-Za-z0-9\-]{1,63}\.){1,10}(?:xn--[A-Za-z0-9\-]{1,59}|[A-Za-z]{2,63})",
        None,
        "an e-mail address in ASCII letters, the whole of it",
        "RFC 5321, the unquoted form: at most 64 characters before the `@`, labels of at most 63; here 10 labels",
        ("help@example.com", "bob.smith+x@mail.example.co.uk", "write to a@b-c.de."),
        ("bob@localhost", "@handle", "a at b.com", "bob@.com", "1@2.3"),
    ),
    Detector(
        "phone",
        r"\+[1-9](?:[ .\-]?\(?[0-9]{1,4}\)?){2,8}\b",
        phone_length,
        "a telephone number in international form, with its plus sign",
        "ITU-T E.164",
        ("+81 3-1234-5678", "+14155552671", "+44 (20) 7946 0958"),
        ("+1 2 3", "1 + 2", "+123", "03-1234-5678"),
    ),
)

_MONEY = (
    Detector(
        "payment_card",
        r"\b[2-68](?:[ \-\x{a0}]?[0-9]){12,18}\b",
        card_length,
        "a payment card number with a known issuer's prefix, one of its lengths and the right check digit",
        "ISO/IEC 7812-1, annex B (Luhn)",
        ("4111 1111 1111 1111", "5555555555554444", "3782-822463-10005", "on 4111 1111 1111 1111 12 times"),
        ("4111 1111 1111 1112", "1111 1111 1111 1117", "4111  1111 1111 1111", "41111111111111110000"),
    ),
    Detector(
        "iban",
        r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,28}\b",
        iban_length,
        "an international bank account number of its country's length with the right check digits",
        "ISO 13616, SWIFT IBAN registry",
        ("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432", "NO9386011117947 IS OURS"),
        ("DE88 3704 0044 0532 0130 00", "GB82WEST1234569876543", "ZZ82WEST12345698765432"),
    ),
)

_ISSUER = "the issuer's published token format"
# No two hyphens in a row, so that the search for an END line stops at the next BEGIN line.
_KEY_BODY = r"(?:\s|\\[nr]|-?[A-Za-z0-9+/=:,;.()<>@_])"
_KEY_NAME = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"

_SECRETS = (
    Detector(
        "aws_access_key",
        r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
        None,
        "an access key id of Amazon Web Services",
        "AWS IAM user guide: unique identifiers",
        ("AKIAIOSFODNN7EXAMPLE", "key=ASIAIOSFODNN7EXAMPLE;"),
        ("AKIAIOSFODNN7", "AKIAIOSFODNN7EXAMPLES", "akiaiosfodnn7example"),
    ),
    Detector(
        "github_token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22})[A-Za-z0-9_]{0,256}",
        None,
        "a token of GitHub, of any kind",
        _ISSUER,
        *(
            ("ghp_" + "a1B2" * 9, "ghs_" + "x" * 36, "github_pat_" + "A" * 22 + "_" + "b" * 59),
            ("ghp_short", "ghx_" + "a" * 36, "github_pattern"),
        ),
    ),
    Detector(
        "private_key",
        # The block to its END line; where that is missing, the BEGIN line and the lines of key material behind it.
        rf"-----BEGIN {_KEY_NAME}(?:{_KEY_BODY}*?-----END {_KEY_NAME}|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{{16,}})*)",
        None,
        "a private key in PEM form, its whole block as far as it is there",
        "RFC 7468; RFC 4880, section 6.2",
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----",
        ),
        ("-----BEGIN PUBLIC KEY-----", "-----BEGIN CERTIFICATE-----", "a private key"),
    ),
    Detector(
        "slack_token",
        r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9\-]{10,256}",
        None,
        "a token of Slack",
        _ISSUER,
        ("xoxb-123456789012-abcdefABCDEF",),
        ("xoxb-1", "xoxz-123456789012"),
    ),
    Detector(
        "openai_key",
        r"\bsk-[A-Za-z0-9_\-]{20,256}",
        None,
        "an API key that begins with `sk-`, as model providers issue them",
        _ISSUER,
        ("sk-proj-abcdefghijklmnopqrstuvwx", "sk-abcdefghijklmnopqrstuvwx1234"),
        ("sk-short", "task-abcdefghijklmnopqrstuvwx"),
    ),
    Detector(
        "google_api_key",
        r"\bAIza[A-Za-z0-9_\-]{35}",
        None,
        "an API key of Google",
        _ISSUER,
        ("AIza" + "Sy0a_" * 7,),
        ("AIzaSy", "BIza" + "Sy0a_" * 7),
    ),
    Detector(
        "stripe_key",
        r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,256}",
        None,
        "a secret or restricted key of Stripe",
        _ISSUER,
        ("sk_" + "live_4eC39HqLyjWDarjtT1zd",),
        ("pk_live_4eC39HqLyjWDarjtT1zd", "sk_live_short"),
    ),
    Detector(
        "jwt",
        r"\beyJ[A-Za-z0-9_\-]{8,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
        None,
        "a signed JSON web token",
        "RFC 7519",
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N",),
        ("eyJhbGciOiJIUzI1NiJ9", "a.b.c"),
    ),
)

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

_NETWORK = (
    Detector(
        "ipv4",
        rf"\b(?:{_BYTE}\.){{3}}{_BYTE}\b",
        None,
        "an IPv4 address",
        "RFC 3986, section 3.2.2",
        ("10.0.0.1", "at 192.168.255.255."),
        ("256.1.1.1", "1.2.3", "01.2.3.4"),
    ),
)

DETECTORS: Mapping[str, Detector] = MappingProxyType({d.name: d for d in (*_PERSON, *_MONEY, *_SECRETS, *_NETWORK)})
