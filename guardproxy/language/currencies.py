"""Currencies: ISO 4217 codes with their minor units, and the signs that authors write.

Source: the ISO 4217 list of active currencies (maintained by SIX), read as of 2026; funds codes included.
"""

from collections.abc import Mapping

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"

MINOR_DIGITS: Mapping[str, int] = {
    code: digits for digits, codes in ((2, _TWO), (0, _NONE), (3, _THREE), (4, _FOUR)) for code in codes.split()
}
"""How many decimal places a currency has: a dollar has 2 (100 cents), a yen 0, a Kuwaiti dinar 3."""

# The first currency is what a sign means where the policy's own currency does not share that sign.
_SIGNS: Mapping[str, str] = {
    "$": "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NIO NZD SBD SGD SRD "
    "TTD TWD UYU XCD",
    "€": "EUR",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "¥": "JPY CNY",
    "￥": "JPY CNY",
    "₹": "INR",
    "₨": "PKR LKR MUR NPR SCR",
    "₩": "KRW KPW",
    "₽": "RUB",
    "₺": "TRY",
    "₴": "UAH",
    "₫": "VND",
    "₪": "ILS",
    "₱": "PHP",
    "₦": "NGN",
    "₸": "KZT",
    "₡": "CRC",
    "₲": "PYG",
    "₵": "GHS",
    "₾": "GEL",
    "₼": "AZN",
    "₮": "MNT",
    "₭": "LAK",
    "฿": "THB",
    "៛": "KHR",
}

SIGNS = frozenset(_SIGNS)
HUNDREDTHS = frozenset({"cents", "cent", "pence", "penny"})


def meant_by(sign: str, declared: str) -> str:
    """The currency that a sign or a code means in a policy whose own currency is `declared` (empty: none)."""
    candidates = _SIGNS[sign].split() if sign in _SIGNS else [sign]
    return declared if declared in candidates else candidates[0]


def minor_units(code: str) -> int:
    """How many minor units one major unit has."""
    return int(10 ** MINOR_DIGITS[code])
