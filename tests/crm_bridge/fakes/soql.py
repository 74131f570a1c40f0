"""As much of SOQL as is asked here: SELECT … FROM … WHERE … ORDER BY … LIMIT …, with AND, OR, IN and comparisons."""

import re

TOKEN = re.compile(r"""\s*('(?:\\.|[^'\\])*'|!=|>=|<=|[=<>(),]|[^\s=<>!(),']+)""")
QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<object>\w+) WHERE (?P<where>.+?)"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?$",
    re.S,
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
COMPARE = {
    "=": lambda value: lambda held: held == value or same(held) == value,
    "!=": lambda value: lambda held: same(held) != value,
    ">": lambda value: lambda held: held is not None and held > value,
}
"""Comparing a field with a value, a text of small letters except for `>`; made once for all records that a query looks at."""


def same(value):
    """Texts are compared without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def parse(soql):
    """(fields, object, condition, order, limit); the condition is a function of a record."""
    found = QUERY.match(soql)
    tokens = TOKEN.findall(found["where"])
    assert "".join(tokens).replace(" ", "") == re.sub(r"\s", "", found["where"]), soql
    condition = either(tokens)
    assert not tokens, f"not understood: {tokens}"
    fields = [each.strip() for each in found["fields"].split(",")]
    order = [each.strip() for each in (found["order"] or "Id").split(",")]
    return fields, found["object"], condition, order, int(found["limit"] or 0)


def either(tokens):
    found = both(tokens)
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        found = or_(found, both(tokens))
    return found


def or_(first, second):
    return lambda record: first(record) or second(record)


def both(tokens):
    found = one(tokens)
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        found = and_(found, one(tokens))
    return found


def and_(first, second):
    return lambda record: first(record) and second(record)


def one(tokens):
    name = tokens.pop(0)
    if name == "(":
        inner = either(tokens)
        assert tokens.pop(0) == ")"
        return inner
    operator = tokens.pop(0)
    if operator == "IN":
        assert tokens.pop(0) == "("
        values = set()
        while (token := tokens.pop(0)) != ")":
            if token != ",":
                values.add(same(literal(token)))
        return lambda record: same(record.get(name)) in values
    value = literal(tokens.pop(0))
    holds = COMPARE[operator](value if operator == ">" else same(value))
    return lambda record: holds(record.get(name))


def literal(token):
    if token.startswith("'"):
        return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), token[1:-1])
    if MOMENT.fullmatch(token):
        return token.replace("Z", "+0000")
    return {"null": None, "true": True, "false": False}[token]
