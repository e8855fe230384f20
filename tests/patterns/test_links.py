"""What carries data out, and allow-lists that look at the address alone."""

import pytest

from guardproxy.ir.terms import Exemption, Finder
from guardproxy.patterns.scan import FinderSet

OWN = (Exemption("starting", "https://cdn.example.com/"),)
IMAGES = FinderSet([Finder("detector", "outgoing_image", exemptions=OWN)])
LOADED = FinderSet([Finder("detector", "embedded_content", exemptions=OWN)])
LINKS = FinderSet([Finder("detector", "outgoing_link", exemptions=OWN)])


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://cdn.example.com/x.png)",
        '![a](<https://cdn.example.com/x.png> "title")',
        '<img alt="a" src="https://cdn.example.com/x.png">',
        '<img srcset="https://cdn.example.com/a 1x, https://cdn.example.com/b 2x">',
        "[logo]: https://cdn.example.com/x.png",
        "![a](images/x.png)",
        "![a] and (https://evil.example)",
    ],
)
def test_own_images_pass(text: str) -> None:
    assert not IMAGES.any(text)


@pytest.mark.parametrize(
    "text",
    [
        "![a](https://cdn.example.com@evil.example/x)",
        "![a](https://cdn.example.com.evil.example/x)",
        "![a](https://cdn.example.com:443@evil.example/x)",
        "![a](https://cdn.example.com\\@evil.example/x)",
        "![https://cdn.example.com/](https://evil.example/x)",
        "![a [b] c](https://evil.example/x)",
        "![a[b]](https://evil.example/x)",
        "![a\\]b](https://evil.example/x)",
        "![two\nlines](\nhttps://evil.example/x)",
        "![](//evil.example/x)",
        "![](/\\evil.example/x)",
        "![](https:evil.example/x)",
        "![](HTTPS://evil.example/x)",
        "![a][r]\n\n[r]: <https://evil.example/x>",
        "<img src=https://evil.example/x>",
        "<img src='\nhttps://evil.example/x'>",
        '<img src="https://cdn.example.com/a" srcset="https://cdn.example.com/a 1x, https://evil.example/b 2x">',
        '<video poster="https://evil.example/x">',
        '<svg><image width="1" href="https://evil.example/x"/></svg>',
        "<p style=\"background: url('https://evil.example/x')\">",
    ],
)
def test_other_images_do_not(text: str) -> None:
    assert IMAGES.any(text)


def test_a_long_text_before_the_address_hides_nothing() -> None:
    assert IMAGES.any(f"![{'a ' * 5000}](https://evil.example/x)")


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://evil.example/x.js"></script>',
        "<iframe title='a' src=//evil.example/>",
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<form method="post" action="https://cdn.example.com@evil.example/">',
        '<meta http-equiv="refresh" content="0; url=https://evil.example/">',
        '@import url("https://evil.example/x.css");',
    ],
)
def test_what_a_page_loads_is_found(text: str) -> None:
    assert LOADED.any(text)


def test_links_in_every_form_are_found() -> None:
    found = [
        "[a](https://evil.example/)",
        "<https://evil.example>",
        "at https://evil.example/x.",
        '<a href="//evil.example">',
    ]
    own = ["[a](https://cdn.example.com/b)", "see https://cdn.example.com/c and [d](#e)", "a // comment"]
    assert [LINKS.any(text) for text in (*found, *own)] == [True] * 4 + [False] * 3


def test_a_deceptive_address_needs_no_list() -> None:
    found = FinderSet([Finder("detector", "deceptive_link")])
    assert found.any("https://cdn.example.com@evil.example/")
    assert not found.any("https://cdn.example.com/@someone")


def test_an_image_is_held_until_its_address_is_known() -> None:
    text = "See ![chart](https://evil.example/p?d=1) there"
    start = text.index("![")
    assert all(IMAGES.hold(text[:end]) <= start for end in range(start + 1, text.index(")")))
    assert IMAGES.hold("See ![chart](images/p.png) there") == len("See ![chart](images/p.png) there")
