"""Whether a number can be one that a state or a registry really issued: the only door to python-stdnum.

Each check gives the length of a number that can be one, and 0 for any other. None of them reads a clock: where the
library compares a date of birth with today, the check digits are computed here.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

from stdnum import imei, isin, lei, luhn
from stdnum.ar import cbu as ar_cbu
from stdnum.ar import cuit as ar_cuit
from stdnum.at import tin as at_tin
from stdnum.at import vnr as at_vnr
from stdnum.au import abn as au_abn
from stdnum.au import acn as au_acn
from stdnum.au import tfn as au_tfn
from stdnum.be import vat as be_vat
from stdnum.bg import egn as bg_egn
from stdnum.br import cnpj as br_cnpj
from stdnum.br import cpf as br_cpf
from stdnum.ca import bn as ca_bn
from stdnum.ca import sin as ca_sin
from stdnum.ch import ssn as ch_ssn
from stdnum.ch import uid as ch_uid
from stdnum.cl import rut as cl_rut
from stdnum.cn import uscc as cn_uscc
from stdnum.co import nit as co_nit
from stdnum.cz import rc as cz_rc
from stdnum.de import idnr as de_idnr
from stdnum.dk import cpr as dk_cpr
from stdnum.ec import ci as ec_ci
from stdnum.ee import ik as ee_ik
from stdnum.es import ccc as es_ccc
from stdnum.es import cif as es_cif
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.eu import vat as eu_vat
from stdnum.fi import hetu as fi_hetu
from stdnum.fr import nif as fr_nif
from stdnum.fr import nir as fr_nir
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret
from stdnum.gb import nhs as gb_nhs
from stdnum.gb import utr as gb_utr
from stdnum.gb import vat as gb_vat
from stdnum.gr import amka as gr_amka
from stdnum.gr import vat as gr_vat
from stdnum.hr import oib as hr_oib
from stdnum.ie import pps as ie_pps
from stdnum.il import idnr as il_idnr
from stdnum.in_ import aadhaar as in_aadhaar
from stdnum.in_ import gstin as in_gstin
from stdnum.in_ import pan as in_pan
from stdnum.it import codicefiscale as it_codicefiscale
from stdnum.it import iva as it_iva
from stdnum.jp import cn as jp_cn
from stdnum.kr import brn as kr_brn
from stdnum.lt import asmens as lt_asmens
from stdnum.mx import curp as mx_curp
from stdnum.mx import rfc as mx_rfc
from stdnum.my import nric as my_nric
from stdnum.nl import bsn as nl_bsn
from stdnum.no import fodselsnummer as no_fodselsnummer
from stdnum.nz import ird as nz_ird
from stdnum.pe import ruc as pe_ruc
from stdnum.pk import cnic as pk_cnic
from stdnum.pl import nip as pl_nip
from stdnum.pl import pesel as pl_pesel
from stdnum.pt import nif as pt_nif
from stdnum.ro import cnp as ro_cnp
from stdnum.ru import inn as ru_inn
from stdnum.si import emso as si_emso
from stdnum.th import pin as th_pin
from stdnum.tr import tckimlik as tr_tckimlik
from stdnum.tw import ubn as tw_ubn
from stdnum.ua import rntrc as ua_rntrc
from stdnum.us import ein as us_ein
from stdnum.us import rtn as us_rtn

_JOINTS = str.maketrans("", "", " -./()\u00a0")


def _whole(is_valid: Callable[[str], bool]) -> Callable[[str], int]:
    """The check that a rule of the library makes, on a number without the signs that group it."""
    return lambda matched: len(matched) if is_valid(matched.translate(_JOINTS)) else 0


def _figures(test: Callable[[str], bool]) -> Callable[[str], int]:
    """A check on the figures alone."""
    return lambda matched: len(matched) if test("".join(c for c in matched if c.isdigit())) else 0


def _is_day(year: str, month: str, day: str) -> bool:
    """Whether there is such a day in some century: two figures of a year leave the 29th of February open."""
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _be_nn(figures: str) -> bool:
    rest = 97 - int(figures[9:])
    return rest in (int(figures[:9]) % 97, int("2" + figures[:9]) % 97)


def _dk_cpr(figures: str) -> bool:
    return _is_day(figures[4:6], figures[2:4], figures[:2]) and dk_cpr.checksum(figures) == 0


def _no_fodselsnummer(figures: str) -> bool:
    first, second = no_fodselsnummer.calc_check_digit1(figures), no_fodselsnummer.calc_check_digit2(figures)
    return figures[9:] == first + second and _is_day(figures[4:6], figures[2:4], f"{int(figures[:2]) % 40:02}")


def _se_personnummer(figures: str) -> bool:
    ten = figures[-10:]
    return luhn.is_valid(ten) and _is_day(ten[:2], ten[2:4], f"{int(ten[4:6]) % 60:02}")


def _za_idnr(figures: str) -> bool:
    return luhn.is_valid(figures) and _is_day(figures[:2], figures[2:4], figures[4:6])


_RRN_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def _kr_rrn(figures: str) -> bool:
    """Numbers given since October 2020 have no check digit; babies got them from then on."""
    if not _is_day(figures[:2], figures[2:4], figures[4:6]):
        return False
    digit = (11 - sum(w * int(d) for w, d in zip(_RRN_WEIGHTS, figures, strict=False)) % 11) % 10
    return figures[12] == str(digit) or (figures[6] in "3478" and "201001" <= figures[:6] < "600000")


_MEDICARE_WEIGHTS = (1, 3, 7, 9, 1, 3, 7, 9)


def _au_medicare(figures: str) -> bool:
    return sum(w * int(d) for w, d in zip(_MEDICARE_WEIGHTS, figures, strict=False)) % 10 == int(figures[8])


def _ru_snils(figures: str) -> bool:
    total = sum((9 - place) * int(figure) for place, figure in enumerate(figures[:9]))
    return total % 101 % 100 == int(figures[9:])


_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_NRIC_LETTERS = {"S": "JZIHGFEDCBA", "T": "GFEDCBAJZIH", "F": "XWUTRQPNMLK", "G": "RQPNMLKXWUT", "M": "XWUTRQPNJLK"}


def _sg_nric(number: str) -> bool:
    total = sum(w * int(d) for w, d in zip(_NRIC_WEIGHTS, number[1:8], strict=True))
    place = (total + 3) % 11 if number[0] == "M" else total % 11
    return _NRIC_LETTERS[number[0]][place] == number[8]


def _hk_id(number: str) -> bool:
    letters = number[:-7]
    values = [36] * (2 - len(letters)) + [ord(c) - 55 for c in letters] + [int(c) for c in number[-7:-1]]
    last = 10 if number[-1] == "A" else int(number[-1])
    return (sum(w * v for w, v in zip(range(9, 1, -1), values, strict=True)) + last) % 11 == 0


_TW_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"


def _tw_id(number: str) -> bool:
    area = _TW_LETTERS.index(number[0]) + 10
    figures = [area // 10, area % 10, *map(int, number[1:])]
    return sum(w * f for w, f in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), figures, strict=True)) % 10 == 0


def _us_npi(figures: str) -> bool:
    return luhn.is_valid("80840" + figures)


def _us_dea(number: str) -> bool:
    figures = [int(c) for c in number[-7:]]
    return (sum(figures[0:6:2]) + 2 * sum(figures[1:6:2])) % 10 == figures[6]


_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ0123456789", [*map(int, "12345678123457923456789"), *range(10)], strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _vin(number: str) -> bool:
    rest = sum(w * _VIN_VALUES[c] for w, c in zip(_VIN_WEIGHTS, number, strict=True)) % 11
    return number[8] == ("X" if rest == 10 else str(rest)) and not number.isdigit() and not number.isalpha()


def _mx_clabe(figures: str) -> bool:
    return (
        sum((3, 7, 1)[place % 3] * int(d) % 10 for place, d in enumerate(figures[:17])) % 10 == -int(figures[17]) % 10
    )


_RVNR_WEIGHTS = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)


def _de_rvnr(number: str) -> bool:
    """The letter counts as its place in the alphabet, with two figures; sums of digits, modulo 10."""
    figures = f"{number[:8]}{ord(number[8]) - 64:02}{number[9:11]}"
    return sum(sum(divmod(w * int(d), 10)) for w, d in zip(_RVNR_WEIGHTS, figures, strict=True)) % 10 == int(number[11])


def _document(number: str) -> bool:
    """The check digit of machine-readable documents (ICAO 9303): letters count from 10, weights are 7, 3, 1."""
    return sum((7, 3, 1)[place % 3] * int(c, 36) for place, c in enumerate(number[:-1])) % 10 == int(number[-1])


_CN_PROVINCES = frozenset(f"{place}" for places in (
    range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66), (71, 81, 82, 83)
) for place in places)  # fmt: skip
_CN_WEIGHTS = tuple(2**power % 11 for power in range(17, -1, -1))


def _cn_ric(number: str) -> bool:
    """Of the place only the province is looked at: many people carry codes of districts that were dissolved since."""
    figures = [10 if sign == "X" else int(sign) for sign in number]
    is_sum = sum(w * figure for w, figure in zip(_CN_WEIGHTS, figures, strict=True)) % 11 == 1
    return is_sum and number[:2] in _CN_PROVINCES and _is_day(number[8:10], number[10:12], number[12:14])


def _cn_uscc(number: str) -> bool:
    """Those of companies and offices also without any letter; other figures in a row are more likely an id."""
    return cn_uscc.is_valid(number) and (not number.isdigit() or number[0] in "19")


_LIBRARY = {
    "ar_cbu": ar_cbu, "ar_cuit": ar_cuit, "at_tin": at_tin, "at_vnr": at_vnr, "au_abn": au_abn, "au_acn": au_acn,
    "au_tfn": au_tfn, "be_vat": be_vat, "bg_egn": bg_egn, "br_cnpj": br_cnpj, "br_cpf": br_cpf, "ca_bn": ca_bn,
    "ca_sin": ca_sin, "ch_ssn": ch_ssn, "ch_uid": ch_uid, "cl_rut": cl_rut,
    "co_nit": co_nit, "cz_rc": cz_rc, "de_idnr": de_idnr, "ec_ci": ec_ci, "ee_ik": ee_ik, "es_ccc": es_ccc,
    "es_cif": es_cif, "es_dni": es_dni, "es_nie": es_nie, "fr_nif": fr_nif,
    "fr_nir": fr_nir, "fr_siren": fr_siren, "fr_siret": fr_siret, "gb_nhs": gb_nhs, "gb_utr": gb_utr,
    "gb_vat": gb_vat, "gr_amka": gr_amka, "gr_vat": gr_vat, "hr_oib": hr_oib, "ie_pps": ie_pps, "il_idnr": il_idnr,
    "imei": imei, "in_aadhaar": in_aadhaar, "in_gstin": in_gstin, "in_pan": in_pan, "isin": isin,
    "it_codicefiscale": it_codicefiscale, "it_iva": it_iva, "kr_brn": kr_brn, "lei": lei,
    "lt_asmens": lt_asmens, "mx_curp": mx_curp, "my_nric": my_nric, "nl_bsn": nl_bsn,
    "nz_ird": nz_ird, "pe_ruc": pe_ruc, "pk_cnic": pk_cnic, "pl_nip": pl_nip, "pl_pesel": pl_pesel,
    "pt_nif": pt_nif, "ro_cnp": ro_cnp, "ru_inn": ru_inn, "si_emso": si_emso, "th_pin": th_pin,
    "tr_tckimlik": tr_tckimlik, "tw_ubn": tw_ubn, "ua_rntrc": ua_rntrc, "us_ein": us_ein,
    "us_rtn": us_rtn,
}  # fmt: skip
_GROUPED = frozenset({"us_ein"})
"""Those whose signs between digits the library wants to see."""
_OF_FIGURES = {
    "au_medicare": _au_medicare, "be_nn": _be_nn, "dk_cpr": _dk_cpr, "jp_cn": jp_cn.is_valid,
    "kr_rrn": _kr_rrn, "mx_clabe": _mx_clabe,
    "no_fodselsnummer": _no_fodselsnummer, "ru_snils": _ru_snils, "se_personnummer": _se_personnummer,
    "us_npi": _us_npi, "za_idnr": _za_idnr,
}  # fmt: skip
_OF_SIGNS = {
    "cn_ric": _cn_ric, "cn_uscc": _cn_uscc,
    "de_rvnr": _de_rvnr, "document": _document, "hk_id": _hk_id, "sg_nric": _sg_nric, "tw_id": _tw_id,
    "us_dea": _us_dea, "vin": _vin,
}  # fmt: skip


def _upper(test: Callable[[str], bool]) -> Callable[[str], int]:
    return lambda matched: len(matched) if test(matched.translate(_JOINTS).upper()) else 0


def _grouped(is_valid: Callable[[str], bool]) -> Callable[[str], int]:
    return lambda matched: len(matched) if is_valid(matched) else 0


def _longest(is_valid: Callable[[str], bool]) -> Callable[[str], int]:
    """The longest beginning that can be a number and ends where a group of letters and digits does."""

    def check(matched: str) -> int:
        ends = (
            end for end in range(len(matched), 8, -1) if not matched[end - 1 : end + 1].isalnum() or end == len(matched)
        )
        return next(
            (end for end in ends if matched[end - 1].isalnum() and is_valid(matched[:end].translate(_JOINTS))), 0
        )

    return check


NUMBER_CHECKS: Mapping[str, Callable[[str], int]] = MappingProxyType(
    {name: (_grouped if name in _GROUPED else _whole)(rule.is_valid) for name, rule in _LIBRARY.items()}
    | {"fi_hetu": _grouped(partial(fi_hetu.is_valid, allow_temporary=True))}
    | {"mx_rfc": _whole(partial(mx_rfc.is_valid, validate_check_digits=True))}
    | {"eu_vat": _longest(eu_vat.is_valid)}
    | {name: _figures(test) for name, test in _OF_FIGURES.items()}
    | {name: _upper(test) for name, test in _OF_SIGNS.items()}
)
"""By the name that a detector's entry gives: the country and what the number is called there."""
