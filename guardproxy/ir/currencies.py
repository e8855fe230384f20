"""Currencies: ISO 4217 codes with their minor units, and the signs and words for them. The only table.

Source: the ISO 4217 list of active currencies (maintained by SIX), read as of 2026; funds codes included.
"""

from collections.abc import Mapping

from guardproxy.ir.types import Dimension

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

# Further words and signs of a sentence, in lower case, for the currencies that they can mean. `lei`, `real` and other
# everyday words of English are left out where they would be read as money.
_WORDS: Mapping[str, str] = {
    word.replace("_", " "): codes
    for codes, words in (
        (_SIGNS["$"], "dollar dollars"),
        ("USD", "us$ usd$ us_dollar us_dollars u.s._dollar u.s._dollars american_dollar american_dollars"),
        ("CAD", "c$ ca$ canadian_dollar canadian_dollars"),
        ("AUD", "a$ au$ australian_dollar australian_dollars"),
        ("NZD", "nz$ new_zealand_dollar new_zealand_dollars"),
        ("HKD", "hk$ hong_kong_dollar hong_kong_dollars"),
        ("SGD", "s$ sg$ singapore_dollar singapore_dollars"),
        ("TWD", "nt$"),
        ("MXN", "mx$ mexican_peso mexican_pesos"),
        ("BRL", "r$ reais"),
        ("EUR", "euro euros"),
        (_SIGNS["£"], "pound pounds"),
        ("GBP", "british_pound british_pounds pound_sterling pounds_sterling quid"),
        ("JPY", "円 yen"),
        ("CNY TWD", "元 yuan"),
        ("CNY", "renminbi rmb"),
        (_SIGNS["₩"], "won"),
        ("INR PKR LKR MUR NPR SCR", "rupee rupees"),
        ("CHF XAF XOF XPF BIF CDF DJF GNF KMF RWF", "franc francs"),
        ("CHF", "swiss_franc swiss_francs"),
        ("MXN ARS CLP COP CUP DOP PHP UYU", "peso pesos"),
        ("RUB BYN", "ruble rubles rouble roubles"),
        ("BHD DZD IQD JOD KWD LYD RSD TND", "dinar dinars"),
        ("AED MAD", "dirham dirhams"),
        ("SAR QAR", "riyal riyals"),
        ("IRR OMR YER", "rial rials"),
        ("SEK ISK", "krona kronor kronur"),
        ("NOK DKK", "krone kroner"),
        ("CZK", "koruna korunas"),
        ("KES TZS UGX SOS", "shilling shillings"),
        ("ILS", "shekel shekels"),
        ("TRY", "lira liras"),
        ("PLN", "zloty zlotys złoty"),
        ("HUF", "forint forints"),
        ("UAH", "hryvnia hryvnias"),
        ("THB", "baht"),
        ("VND", "dong"),
        ("MYR", "ringgit"),
        ("IDR", "rupiah rupiahs"),
        ("BDT", "taka"),
        ("NGN", "naira"),
        ("GHS", "cedi cedis"),
        ("ZAR", "rand"),
    )
    for word in words.split()
}
WORDS = frozenset(_WORDS)

_EVERYDAY = "ALL AMD BAM BOB COP CUP DOP GEL MAD MOP PEN PHP RON RUB SOS TOP TRY"
_WITHDRAWN = "ANG BGN CUC DEM ESP FRF HRK ITL SLL VEF ZWL"
CODES = frozenset(MINOR_DIGITS) | frozenset(_WITHDRAWN.split())
"""Every code that a sentence may name, those of withdrawn currencies included."""
ALSO_WORDS = frozenset(_EVERYDAY.split())
"""Codes that are everyday words or names in lower case, and mean a currency in capitals only."""

_CENTS = "USD EUR AUD BBD BMD BND BSD BZD CAD FJD GYD HKD JMD KES KYD LKR LRD MUR NAD NZD SBD SCR SGD SLE SRD SZL TTD "
_CENTS += "TWD TZS XCD ZAR"
_PENCE = "GBP FKP GIP SHP"
HUNDREDTHS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("cents", "cent", "¢"), frozenset(_CENTS.split())),
    **dict.fromkeys(("pence", "penny"), frozenset(_PENCE.split())),
}
"""The words for a hundredth, and the currencies whose minor unit is called so."""


def meant_by(name: str, declared: str) -> str:
    """The currency that a sign, a code or a word means where the own currency is `declared` (empty: none)."""
    word = " ".join(name.casefold().split())
    candidates = (_SIGNS.get(name) or _WORDS.get(word) or name.upper()).split()
    return declared if declared in candidates else candidates[0]


def minor_units(code: str) -> int:
    """How many minor units one major unit has."""
    return int(10 ** MINOR_DIGITS[code])


def money(currency: str) -> Dimension:
    """The dimension of amounts in one currency: amounts in two of them never add up."""
    return ((f"money {currency}", 1),)
