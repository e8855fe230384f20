"""From the parser's tree to items. Each method of a reader is named after the grammar rule that it reads."""

from typing import cast

from lark.tree import Meta

from guardproxy.language.read_declarations import DeclarationReader, HeaderReader
from guardproxy.language.read_examples import ExampleReader
from guardproxy.language.read_phrases import Parts
from guardproxy.language.read_rules import RuleReader
from guardproxy.language.syntax import Item


class Reader(HeaderReader, DeclarationReader, RuleReader, ExampleReader):
    """Reads one item of any kind."""

    def item(self, meta: Meta, parts: Parts) -> Item:
        return cast(Item, parts[0])
