"""Recall and false alarms of the detectors of personal data on texts that others wrote.

    python -m bench.personal_data spans  FILE.json ...      texts with marked spans, as presidio-research publishes them
    python -m bench.personal_data prose  FOLDER SUFFIX ...  texts in which hardly anything should be found
    python -m bench.personal_data digits FOLDER             lists of valid numbers, as python-stdnum's tests hold them
    python -m bench.personal_data lists  FOLDER             a file `DETECTOR.txt` each with numbers, one a line
    python -m bench.personal_data tests  FOLDER             the tests of presidio-analyzer, with texts and places

What is found is printed, at most a few examples of each detector, so that alarms can be judged one by one.
"""

import ast
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from guardproxy.ir.terms import Finder
from guardproxy.patterns.detectors import DETECTORS
from guardproxy.patterns.scan import FinderSet

NUMBERS = ("identity", "tax", "money")
FAMILIES = (*NUMBERS, "contact", "location", "birth")
"""Links are no personal data, and a link in a text is no false alarm."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "CREDIT_CARD": ("payment_card",),
    "IBAN_CODE": ("iban",),
    "US_SSN": ("us_ssn",),
    "EMAIL_ADDRESS": ("email",),
    "PHONE_NUMBER": tuple(name for name in DETECTORS if name == "phone" or name.endswith("_phone")),
    "US_DRIVER_LICENSE": ("us_drivers_license",),
    "IP_ADDRESS": tuple(name for name in ("ipv4", "ipv6") if name in DETECTORS),
}
"""What presidio-research calls a span, and which detectors should find it."""

CHECKED = ("CREDIT_CARD", "IBAN_CODE")
"""The kinds whose spans have check digits."""

_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n")
_SHOWN = 4


def spans(files: Sequence[str]) -> None:
    """Of each kind, how many marked spans lie within a match of its detectors."""
    found, missed = Counter[str](), defaultdict[str, list[str]](list)
    for file in files:
        for entry in json.loads(Path(file).read_text(encoding="utf-8")):
            for span in entry["spans"]:
                kind = span["entity_type"]
                if kind not in KINDS:
                    continue
                ends = _matched(KINDS[kind], entry["full_text"])
                if any(start <= span["start_position"] and span["end_position"] <= end for start, end in ends):
                    found[kind] += 1
                else:
                    missed[kind].append(span["entity_value"])
    for kind in KINDS:
        total = found[kind] + len(missed[kind])
        if total:
            print(f"{kind:20} {found[kind]:5} of {total:5}  {found[kind] / total:7.2%}  missed: {missed[kind][:6]}")
    checked = sum(found[kind] for kind in CHECKED), sum(found[kind] + len(missed[kind]) for kind in CHECKED)
    print(f"spans with check digits: {checked[0]} of {checked[1]}")


def _matched(names: Sequence[str], text: str) -> list[tuple[int, int]]:
    return [(m.start, m.end) for m in _finders(tuple(names)).find(text)]


_SETS: dict[tuple[str, ...], FinderSet] = {}


def _finders(names: tuple[str, ...]) -> FinderSet:
    if names not in _SETS:
        _SETS[names] = FinderSet([Finder("detector", name) for name in names])
    return _SETS[names]


def prose(folder: str, suffixes: Sequence[str]) -> None:
    """How many documents and sentences of a folder have a match, detector by detector."""
    names = tuple(name for name, detector in DETECTORS.items() if detector.family in FAMILIES)
    finders, seen = FinderSet([Finder("detector", name) for name in names]), Counter[str]()
    touched, sentences, documents, shown = (
        Counter[str](),
        Counter[str](),
        Counter[str](),
        defaultdict[str, list[str]](list),
    )
    for text in _texts(folder, suffixes):
        seen["documents"] += 1
        seen["characters"] += len(text)
        here = set[str]()
        for sentence in _SENTENCE.split(text):
            seen["sentences"] += bool(sentence.strip())
            matches = finders.find(sentence)
            for name in {names[m.finder] for m in matches}:
                sentences[name] += 1
            for match in matches:
                shown[names[match.finder]].append(sentence[max(0, match.start - 12) : match.end + 6])
            here |= {names[m.finder] for m in matches}
            touched["numbers in sentences"] += any(DETECTORS[names[m.finder]].family in NUMBERS for m in matches)
            touched["anything in sentences"] += bool(matches)
        documents.update(here)
        touched["numbers in documents"] += any(DETECTORS[name].family in NUMBERS for name in here)
    print(", ".join(f"{count} {what}" for what, count in seen.items()))
    for what, count in touched.items():
        print(f"{what}: {count}, {count / max(1, seen[what.rpartition(' ')[2]]):.3%}")
    for name, count in sentences.most_common():
        print(f"  {name:24} {count:5} sentences {documents[name]:5} documents  {shown[name][:_SHOWN]}")


def _texts(folder: str, suffixes: Sequence[str]) -> Iterator[str]:
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and path.suffix in suffixes and path.stat().st_size < 2_000_000:
            yield path.read_text(encoding="utf-8", errors="replace")


def digits(folder: str) -> None:
    """Numbers that `is_valid` or `validate` accept in doctests, one a line, behind the first word of their detector."""
    for name, numbers in _valid_numbers(Path(folder)).items():
        finders = FinderSet([Finder("detector", name)])
        word = _word(name)
        missed = [number for number in numbers if not finders.any(f"{word} {number}.")]
        print(f"  {name:24} {len(numbers) - len(missed):4} of {len(numbers):4}  missed: {missed[:5]}")


_LISTS: Mapping[str, str] = {
    "test_br_cnpj": "br_cnpj", "test_br_cpf": "br_cpf", "test_cn_ric": "cn_resident_id", "test_de_idnr": "de_tax_id",
    "test_es_nie": "es_nie", "test_gb_nhs": "uk_nhs", "test_it_codicefiscale": "it_fiscal_code",
    "test_kr_rrn": "kr_rrn", "test_nl_bsn": "nl_bsn", "test_no_fodselsnummer": "no_birth_number",
    "test_fi_hetu": "fi_hetu", "test_se_personnummer": "se_personnummer", "test_be_nn": "be_national_number",
    "test_ch_ssn": "ch_ahv", "test_dk_cpr": "dk_cpr", "test_ie_pps": "ie_pps", "test_ro_cnp": "ro_cnp",
    "test_si_emso": "si_emso", "test_in_aadhaar": "in_aadhaar", "test_in_pan": "in_pan", "test_in_gstin": "in_gstin",
    "test_mx_curp": "mx_curp", "test_mx_rfc": "mx_rfc", "test_th_pin": "th_id", "test_tr_tckimlik": "tr_id",
    "test_za_idnr": "za_id", "test_us_itin": "us_itin", "test_us_rtn": "aba_routing",
    "test_jp_cn": "jp_corporate_number",
    "test_kr_brn": "kr_business_number", "test_cn_uscc": "cn_social_credit_code", "test_eu_vat": "eu_vat",
    "test_hr_oib": "hr_oib", "test_gr_amka": "gr_amka", "test_ee_ik": "ee_lt_personal_code",
    "test_pl_pesel": "pl_pesel",
    "test_cz_rc": "cz_birth_number", "test_au_tfn": "au_tfn", "test_au_abn": "au_abn", "test_fr_nir": "fr_nir",
    "test_cl_rut": "cl_rut", "test_ar_cuit": "ar_cuit", "test_ru_inn": "ru_inn", "test_il_idnr": "il_id",
}  # fmt: skip


def _valid_numbers(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file, name in _LISTS.items():
        path = folder / f"{file}.doctest"
        if path.exists() and name in DETECTORS:
            lists = re.findall(r"numbers = '''(.*?)'''", path.read_text(encoding="utf-8"), re.S)
            found[name] = [line.strip(" .") for text in lists[:1] for line in text.splitlines() if line.strip(" .")]
    return found


def lists(folder: str) -> None:
    """Of each detector, how many numbers of its file are found, each by itself and behind the detector's word."""
    alone, behind, total = Counter[str](), Counter[str](), Counter[str]()
    for path in sorted(Path(folder).glob("*.txt")):
        name = path.stem
        if name not in DETECTORS:
            continue
        numbers = path.read_text(encoding="utf-8").split("\n")
        word = _word(name)
        missed = []
        for number in filter(None, map(str.strip, numbers)):
            total[name] += 1
            alone[name] += _is_within(name, number, number)
            behind[name] += (hit := _is_within(name, f"{word} {number}.", number))
            missed += [] if hit else [number]
        print(f"  {name:22} {alone[name]:4} alone, {behind[name]:4} of {total[name]:4} behind `{word}`  {missed[:4]}")
    share = behind.total() / max(1, total.total())
    print(f"{alone.total()} alone, {behind.total()} of {total.total()} ({share:.2%}) behind a word")


_TESTS: Mapping[str, str] = {
    "credit_card": "payment_card", "iban": "iban", "us_ssn": "us_ssn", "us_itin": "us_itin", "us_npi": "us_npi",
    "aba_routing": "aba_routing", "au_abn": "au_abn", "au_acn": "au_acn", "au_tfn": "au_tfn", "ca_sin": "ca_sin",
    "au_medicare": "au_medicare", "crypto": "bitcoin_address", "de_tax_id": "de_tax_id", "es_nie": "es_nie",
    "es_nif": "es_dni", "fi_personal_identity_code": "fi_hetu", "in_aadhaar": "in_aadhaar", "in_gstin": "in_gstin",
    "in_pan": "in_pan", "it_fiscal_code": "it_fiscal_code", "kr_rrn": "kr_rrn", "kr_brn": "kr_business_number",
    "pl_pesel": "pl_pesel", "se_personnummer": "se_personnummer", "sg_fin": "sg_nric", "th_tnin": "th_id",
    "tr_national_id": "tr_id", "uk_nhs": "uk_nhs", "za_id_number": "za_id", "us_mbi": "us_medicare",
}  # fmt: skip
"""Of each test file of presidio-analyzer about numbers, the detector that should find them."""


def tests(folder: str) -> None:
    """Of each detector, how many of the marked places are found as written, and with its word before the number."""
    written, behind, total = Counter[str](), Counter[str](), Counter[str]()
    for file, name in _TESTS.items():
        path, missed = Path(folder) / f"test_{file}_recognizer.py", []
        if name not in DETECTORS or not path.exists():
            print(f"  {name}: none")
            continue
        for text, start, end in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            number = text[start:end]
            total[name] += 1
            written[name] += any(first <= start and end <= last for first, last in _matched((name,), text))
            behind[name] += (hit := _is_within(name, f"{_word(name)} {number}.", number))
            missed += [] if hit else [number]
        print(
            f"  {name:20} {written[name]:3} as written, {behind[name]:3} of {total[name]:3} behind a word  {missed[:6]}"
        )
    print(f"{written.total()} as written, {behind.total()} behind a word, of {total.total()}")


def _marked(tree: ast.AST) -> Iterator[tuple[str, int, int]]:
    """The texts of parametrized tests with the places in which something is expected."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Tuple):
            continue
        try:
            text, *others = ast.literal_eval(node) or ("",)
        except ValueError:
            continue
        if isinstance(text, str) and others and isinstance(others[0], int) and others[0]:
            for part in others[1:]:
                for span in part if isinstance(part, tuple) else ():
                    if isinstance(span, tuple) and len(span) == 2 and all(isinstance(place, int) for place in span):
                        yield text, span[0], span[1]


def _word(name: str) -> str:
    """What a detector's last example has before its number; nothing where the detector needs no word."""
    parts, example = DETECTORS[name].parts, DETECTORS[name].matches[-1]
    if parts is None:
        return ""
    (start, end), *_ = _matched((name,), example)
    return example[: start + example[start:end].index(parts(example[start:end])[0])].strip()


def _is_within(name: str, text: str, number: str) -> bool:
    start = text.index(number)
    return any(first <= start and start + len(number) <= end for first, end in _matched((name,), text))


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["spans", *files] if files:
            spans(files)
        case ["prose", folder, *suffixes] if suffixes:
            prose(folder, suffixes)
        case ["digits", folder]:
            digits(folder)
        case ["lists", folder]:
            lists(folder)
        case ["tests", folder]:
            tests(folder)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
