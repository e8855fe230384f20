"""The whole way, for files of every kind."""

from hashlib import sha256
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guardproxy.diagnostics import render
from guardproxy.pipeline import compile_policy

GOLDEN = sorted((Path(__file__).resolve().parents[1] / "corpus" / "golden").glob("*.policy"))
TEXTS = [path.read_text() for path in GOLDEN]


def test_a_policy_says_where_it_comes_from() -> None:
    text = TEXTS[[p.stem for p in GOLDEN].index("lending")]
    policy = compile_policy(text, "lending.policy").policy
    assert policy is not None
    assert (policy.title, policy.version, policy.currency, policy.zone) == ("Personal loan offers", "3.2", "USD", "UTC")
    assert policy.fingerprint == sha256(text.encode()).hexdigest()
    assert (policy.owner, policy.file) == ("Retail Credit Risk", "lending.policy")


def test_release_at_end_is_said_in_the_header() -> None:
    for header, said in ((", release at end", True), ("", False)):
        policy = compile_policy(f'policy "x" version 1{header}').policy
        assert policy is not None
        assert policy.release_at_end is said


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_ends_in_messages(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    put_in = data.draw(st.one_of(st.text(max_size=8), st.sampled_from([w for t in TEXTS for w in t.split()])))
    done = compile_policy(f"{text[:start]} {put_in} {text[end:]}")
    assert (done.policy is None) == any(d.severity == "error" for d in done.diagnostics)
    for diagnostic in done.diagnostics:
        shown = render(diagnostic)
        assert "Traceback" not in shown
        assert diagnostic.help


def test_an_empty_file_and_odd_ones() -> None:
    for text in ("", "\ufeff", "# nothing", "\x00", "{", '"', "policy", "🙂" * 50):
        assert compile_policy(text).policy is None
