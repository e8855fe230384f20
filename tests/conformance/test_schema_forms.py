import pytest

from guardproxy.conformance.schema_forms import FORMS


@pytest.mark.parametrize(
    ("form", "text", "is_one"),
    [
        ("date", "2028-02-29", True),
        ("date", "2026-02-29", False),
        ("date", "2026-2-9", False),
        ("date-time", "2026-11-21T10:00:00Z", True),
        ("date-time", "2026-11-21t10:00:60.5+09:00", True),
        ("date-time", "2026-11-21T10:00:00", False),
        ("date-time", "2026-11-21T24:00:00Z", False),
        ("email", "a.b@c.example", True),
        ("email", "a b@c.example", False),
        ("email", ".a@c.example", False),
        ("uuid", "01234567-89ab-cdef-0123-456789ABCDEF", True),
        ("uuid", "0123456789abcdef0123456789abcdef", False),
    ],
)
def test_the_forms_that_are_checked(form: str, text: str, is_one: bool) -> None:
    assert FORMS[form](text) == is_one
