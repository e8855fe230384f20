import pytest

from guardproxy.conformance import shape, why_refused


def test_a_file_becomes_a_shape_once() -> None:
    assert shape("grammar", 'start: "a"') is shape("grammar", 'start: "a"')
    assert shape("schema", "{}") is shape("schema", "{}")


@pytest.mark.parametrize(("what", "text"), [("grammar", "start: a"), ("schema", "[]")])
def test_what_is_refused_has_no_shape(what: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"start|schema") as refused:
        shape(what, text)
    assert str(refused.value) == why_refused(what, text)
