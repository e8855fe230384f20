from guardproxy.language.parse import MAX_DEPTH, parse
from guardproxy.language.phrases import Comparison, Connected, Count, Literal, Negation, Path, Quantified
from guardproxy.language.syntax import Broken, Declaration, Demand, ExampleText, RuleText, Table
from guardproxy.source import SourceText


def items(text: str) -> tuple[object, ...]:
    parsed = parse(SourceText("x", text))
    assert parsed.diagnostics == ()
    return parsed.items


def condition(text: str) -> object:
    (rule,) = items(f'rule X-1 "x" require {text}')
    assert isinstance(rule, RuleText)
    assert isinstance(rule.clauses[0], Demand)
    return rule.clauses[0].condition


def test_line_ends_and_indentation_mean_nothing() -> None:
    assert len(items('rule A-1 "a" never reply text contains email rule B-1 "b" when a.b is c require d')) == 2


def test_a_rule_without_any_indentation() -> None:
    text = 'rule A-1 "a"\nwhen a.b is c\nnever x.y is z\nunless table.rule is d\notherwise block "no"\nsource "x"'
    assert len(items(text + "\n" + text.replace("A-1", "B-1"))) == 2


def test_not_binds_before_and_and_and_before_or() -> None:
    found = condition("not a is b and c is d or e is f")
    assert isinstance(found, Connected)
    assert found.word == "or"
    assert isinstance(found.parts[0], Connected)
    assert found.parts[0].word == "and"
    assert isinstance(found.parts[0].parts[0], Negation)


def test_a_comparison_takes_the_whole_sums_on_both_sides() -> None:
    found = condition("a + b at most c * 2 - d")
    assert isinstance(found, Comparison)
    assert (found.left.span.text, found.right.span.text) == ("a + b", "c * 2 - d")


def test_after_has_comes_one_comparison_or_parentheses() -> None:
    found = condition("some x in a.l has x.b is c and d is e")
    assert isinstance(found, Connected)
    assert isinstance(found.parts[0], Quantified)
    inside = condition("some x in a.l has (x.b is c and d is e)")
    assert isinstance(inside, Quantified)
    assert isinstance(inside.has, Connected)


def test_a_count_with_where_stands_alone_on_one_side() -> None:
    found = condition("count of p in a.l where p.m is voucher at most 1")
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Count)
    assert found.left.where is not None
    assert found.left.where.span.text == "p.m is voucher"


def test_after_a_dash_and_a_dot_every_word_is_a_name() -> None:
    declaration, _ = items(
        'check call t as order - every : text - rule : text - from : text rule A-1 "a" require order.every is "x"'
    )
    assert isinstance(declaration, Declaration)
    assert [f.name.text for f in declaration.fields] == ["every", "rule", "from"]
    assert isinstance(condition("order.not is order.rule"), Comparison)


def test_names_are_compared_in_composed_form() -> None:
    found = condition("e\u0301tat.a is \u00e9tat.b")
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Path)
    assert isinstance(found.right, Path)
    assert found.left.names[0].text == found.right.names[0].text


def test_quoted_names() -> None:
    found = condition('stay."check-in" is "x"')
    assert isinstance(found, Comparison)
    assert isinstance(found.left, Path)
    assert found.left.names[1].text == "check-in"
    assert isinstance(found.right, Literal)


def test_listed_values_end_where_a_modifier_begins() -> None:
    (declaration,) = items("facts f from system - a : one of x, y, may be unknown - b : list of one of p, q, optional")
    assert isinstance(declaration, Declaration)
    assert [
        len(f.type.options or f.type.item.options) for f in declaration.fields if f.type.item or f.type.options
    ] == [2, 2]
    assert [m.word for f in declaration.fields for m in f.modifiers] == ["may be unknown", "optional"]


def test_table_rows_and_their_keys() -> None:
    (table,) = items('table t by a.b and a.c\n x, 1 to 6 : $1\n "when", any : -$2')
    assert isinstance(table, Table)
    assert [len(row.keys) for row in table.rows] == [2, 2]


def test_a_mistake_in_one_item_hides_none_in_another() -> None:
    text = 'policy "x" version 1\nrule A-1\n  require a\nrule B-1 "b"\n  requir a\nexample "c"\n  expect allowed'
    parsed = parse(SourceText("x", text))
    assert [d.span.position[0] for d in parsed.diagnostics] == [2, 5]
    assert [type(i) for i in parsed.items[1:]] == [Broken, Broken, ExampleText]


def test_a_broken_declaration_remembers_its_name() -> None:
    (broken,) = parse(SourceText("x", "check call t as order - a text")).items
    assert isinstance(broken, Broken)
    assert "order" in broken.names


def test_deep_nesting_is_refused_in_words() -> None:
    assert isinstance(condition("(" * 3000 + "a" + ")" * 3000), Path)
    parsed = parse(SourceText("x", f'rule A-1 "a" require {"not " * 3000}a'))
    assert [d.message for d in parsed.diagnostics] == [f"this is nested more than {MAX_DEPTH} deep"]
