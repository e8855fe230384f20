"""The tables of detectors in the documents, written from the library's data.

python -m bench.detector_table     rewrites them where they are not as the data says
"""

from pathlib import Path

from guardproxy.patterns.detectors import FAMILIES

BEGINS, ENDS = "<!-- detectors: begin -->", "<!-- detectors: end -->"
ROOT = Path(__file__).parent.parent


def all_detectors() -> str:
    """Every family with its detectors: what each finds, where its form comes from, whether its match is checked."""
    parts = []
    for family in FAMILIES.values():
        rows = [
            f"| `{d.name}` | {_cell(d.finds)} | {'yes' if d.accept else ''} | {_cell(d.source)} |"
            for d in family.members
        ]
        head = [f"### `{family.name}`", "", f"{family.about[0].upper()}{family.about[1:]}: {len(rows)}.", ""]
        parts.append("\n".join([*head, "| detector | finds | checked | source |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts)


def all_families() -> str:
    """The families alone."""
    rows = [f"| `{family.name}` | {len(family.members)} | {_cell(family.about)} |" for family in FAMILIES.values()]
    return "\n".join(["| family | detectors | what they have in common |", "|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


TABLES = {"docs/detectors.md": all_detectors, "docs/language.md": all_families}


def rewritten(page: str, table: str) -> str:
    """The page with this table between its marks. Raises `ValueError` where there are none."""
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise ValueError(f"the page must have the lines {BEGINS} and {ENDS}")
    return f"{before}{BEGINS}\n{table}\n{ENDS}{after}"


def main() -> None:
    for name, table in TABLES.items():
        path = ROOT / name
        page = path.read_text(encoding="utf-8")
        path.write_text(rewritten(page, table()), encoding="utf-8")


if __name__ == "__main__":
    main()
