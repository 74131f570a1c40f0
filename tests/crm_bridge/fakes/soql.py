"""As much of SOQL as is asked here: SELECT … FROM … WHERE … ORDER BY … LIMIT …, with AND, OR, IN and comparisons."""

import re

TOKEN = re.compile(r"""\s*('(?:\\.|[^'\\])*'|!=|>=|<=|[=<>(),]|[^\s=<>!(),']+)""")
QUERY = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<object>\w+) WHERE (?P<where>.+?)"
    r"(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?$",
    re.S,
)
COMPARE = {"=": "is", "!=": "is not"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def same(value):
    """Texts are compared without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def parse(soql):
    """(fields, object, condition, order, limit); the condition is a function of a record."""
    found = QUERY.match(soql)
    tokens = TOKEN.findall(found["where"])
    assert "".join(tokens).replace(" ", "") == re.sub(r"\s", "", found["where"]), soql
    values = {"same": same}
    condition = either(tokens, values)
    assert not tokens, f"not understood: {tokens}"
    fields = [each.strip() for each in found["fields"].split(",")]
    order = [each.strip() for each in (found["order"] or "Id").split(",")]
    # Each query looks at all records: one function is quicker than many within each other.
    holds = eval(f"lambda record: {condition}", values)  # noqa: S307
    return fields, found["object"], holds, order, int(found["limit"] or 0)


def either(tokens, values):
    """The condition in Python; `values` are those that it speaks of, by the names that they have there."""
    found = both(tokens, values)
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        found = f"({found} or {both(tokens, values)})"
    return found


def both(tokens, values):
    found = one(tokens, values)
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        found = f"({found} and {one(tokens, values)})"
    return found


def one(tokens, values):
    name = tokens.pop(0)
    if name == "(":
        inner = either(tokens, values)
        assert tokens.pop(0) == ")"
        return inner
    operator, held, value = tokens.pop(0), f"record.get({name!r})", f"value{len(values)}"
    if operator == "IN":
        values[value] = set(listed(tokens))
        return f"same({held}) in {value}"
    wanted = literal(tokens.pop(0))
    if wanted is None:
        return f"{held} {COMPARE[operator]} None"
    values[value] = wanted if operator == ">" else same(wanted)
    if operator == ">":
        return f"((held := {held}) is not None and held > {value})"
    # What is the same letter by letter is the same.
    return (
        f"({held} == {value} or same({held}) == {value})" if operator == "=" else f"same({held}) != {value}"
    )


def listed(tokens):
    assert tokens.pop(0) == "("
    while (token := tokens.pop(0)) != ")":
        if token != ",":
            yield same(literal(token))


def literal(token):
    if token.startswith("'"):
        return re.sub(r"\\(.)", lambda found: {"n": "\n", "r": "\r"}.get(found[1], found[1]), token[1:-1])
    if MOMENT.fullmatch(token):
        return token.replace("Z", "+0000")
    return {"null": None, "true": True, "false": False}[token]
