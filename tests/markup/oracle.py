"""What a browser makes of cooked text, and what may be in it. Knows nothing of the renderer: its lists are its own."""

import re
from functools import lru_cache
from xml.etree import ElementTree

import html5lib

TAGS = set(  # noqa: C405
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "abbr": {"title"},
    "code": {"class"},
    "span": {"class"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}
CLASS = re.compile(r"(?:hl|language)-[\w#+.-]+\Z")
XHTML = "{http://www.w3.org/1999/xhtml}"


@lru_cache(1)
def parsed(html):
    """The fragment as a browser parses it inside a <div>. Several questions are asked of one."""
    return html5lib.parseFragment(html, container="div", treebuilder="etree", namespaceHTMLElements=False)


def faults(html):
    """What in the HTML is active, or is not ours to allow: sentences, empty when all is well."""
    return [fault for element in parsed(html).iter() for fault in _faults(element)]


def _faults(element):
    if element.tag == "DOCUMENT_FRAGMENT":
        return
    if element.tag is ElementTree.Comment or not isinstance(element.tag, str):
        yield f"comment {element.text!r}"
        return
    if element.tag not in TAGS:
        yield f"tag {element.tag}"
    for name, value in element.attrib.items():
        if name not in ATTRIBUTES.get(element.tag, ()):
            yield f"attribute {name} on {element.tag}"
        elif name == "href" and scheme_of(value) not in SCHEMES | {""}:
            yield f"scheme {scheme_of(value)} in {value!r}"
        elif name == "class" and not all(CLASS.match(each) for each in value.split()):
            yield f"class {value!r}"


def scheme_of(url):
    """The scheme as the URL standard finds it: control characters and blanks around it do not count."""
    bare = re.sub(r"[\t\n\r]", "", url).strip("".join(map(chr, range(0x21))))
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", bare)
    return found[1].lower() if found else ""


def text(html):
    """The visible text, blanks pulled together."""
    return " ".join("".join(parsed(html).itertext()).split())


def links(html):
    """The targets of all links."""
    return [element.get("href") for element in parsed(html).iter("a") if element.get("href")]


def depth(html):
    """How deep elements are nested."""
    deepest, level = 0, [(parsed(html), 0)]
    while level:
        element, here = level.pop()
        deepest = max(deepest, here)
        level += [(child, here + 1) for child in element]
    return deepest
