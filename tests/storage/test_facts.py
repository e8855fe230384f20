import json
from pathlib import Path

import pytest

from guardproxy.storage.facts import read_facts
from guardproxy.storage.reading import UnreadableFile


def test_facts_are_objects_of_fields(tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps({"applicant": {"tier": "gold", "covered": None}}))
    assert read_facts(path) == {"applicant": {"tier": "gold", "covered": None}}
    path.write_text('{"applicant": "gold"}')
    with pytest.raises(UnreadableFile, match="the facts `applicant` have to be an object of fields"):
        read_facts(path)
    path.write_text("{")
    with pytest.raises(UnreadableFile, match="holds no JSON"):
        read_facts(path)
