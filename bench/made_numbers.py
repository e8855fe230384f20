"""The commands by which Faker, a generator of made-up people, fills a folder for `bench.personal_data lists`.

    python -m bench.made_numbers FOLDER | sh

Faker must be there as a command (`pip install Faker`); the project does not depend on it. Left out are kinds whose
check digits Faker does not make: Aadhaar, RFC, SWIFT codes, VAT numbers of most countries, British NINOs.
"""

import sys
from collections.abc import Mapping

NUMBERS = 300
SEED = 2026

SOURCES: Mapping[str, tuple[str, str]] = {
    "us_ssn": ("en_US", "ssn"), "us_itin": ("en_US", "itin"), "us_ein": ("en_US", "ein"), "ca_sin": ("en_CA", "ssn"),
    "aba_routing": ("en_US", "aba"), "vin": ("en_US", "vin"), "payment_card": ("en_US", "credit_card_number"),
    "be_national_number": ("nl_BE", "ssn"), "br_cnpj": ("pt_BR", "cnpj"), "br_cpf": ("pt_BR", "cpf"),
    "ch_ahv": ("de_CH", "ssn"), "cl_rut": ("es_CL", "rut"), "cn_resident_id": ("zh_CN", "ssn"),
    "cz_birth_number": ("cs_CZ", "birth_number"), "ee_lt_personal_code": ("et_EE", "ssn"), "es_cif": ("es_ES", "cif"),
    "es_dni": ("es_ES", "nif"), "es_nie": ("es_ES", "nie"), "eu_vat": ("de_DE", "vat_id"), "fi_hetu": ("fi_FI", "ssn"),
    "fr_nir": ("fr_FR", "ssn"), "fr_siren": ("fr_FR", "siren"), "fr_siret": ("fr_FR", "siret"),
    "gr_amka": ("el_GR", "ssn"), "hr_oib": ("hr_HR", "ssn"), "iban": ("de_DE", "iban"), "il_id": ("he_IL", "ssn"),
    "it_fiscal_code": ("it_IT", "ssn"), "mx_curp": ("es_MX", "curp"), "nl_bsn": ("nl_NL", "ssn"),
    "no_birth_number": ("no_NO", "ssn"), "pl_nip": ("pl_PL", "nip"), "pl_pesel": ("pl_PL", "pesel"),
    "ro_cnp": ("ro_RO", "ssn"), "ru_inn": ("ru_RU", "individuals_inn"), "ru_snils": ("ru_RU", "snils"),
    "se_personnummer": ("sv_SE", "ssn"), "tr_id": ("tr_TR", "ssn"), "tw_id": ("zh_TW", "ssn"),
}  # fmt: skip
"""Of each detector, the locale and the provider of Faker that makes such numbers."""


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    for name, (locale, provider) in SOURCES.items():
        print(f"faker --seed {SEED} -l {locale} -r {NUMBERS} {provider} > {sys.argv[1]}/{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
