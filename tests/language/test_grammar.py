"""The grammar is found where the product is installed, and leaves nothing to chance."""

import logging

import lark
import pytest
from lark import Lark

from guardproxy.language import grammar


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.addHandler(caplog.handler)
    lark.logger.setLevel(logging.DEBUG)
    try:
        Lark(
            grammar.grammar_text("policy.lark"),
            parser="lalr",
            lexer=grammar.parser().options.lexer,
            start="item",
            debug=True,
        )
    finally:
        lark.logger.removeHandler(caplog.handler)
        lark.logger.setLevel(logging.CRITICAL)
    assert [r.message for r in caplog.records] == []


def test_words_and_phrases_have_their_tokens() -> None:
    assert grammar.words()["require"] == "REQUIRE"
    assert grammar.words()[":"] == "COLON"
    assert grammar.phrases()["except"] == {"when": "EXCEPT_WHEN", "those": "EXCEPT_THOSE"}
    assert set(grammar.phrases()) == {
        "except",
        "any",
        "user",
        "assistant",
        "days",
        "hours",
        "minutes",
        "months",
        "years",
    }
