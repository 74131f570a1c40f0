"""JSON is read as tables, piece by piece; a trap is refused with the object."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.transfer.tables import parsing
from portal.transfer.tables.describing import LONGEST_ROW
from portal.transfer.tables.opening import tables_in
from tests.transfer.reading import refused, rows


def test_a_file_of_far_too_many_lists_or_names_is_refused(file):
    lists = json.dumps({f"list{n}": [{"id": n}] for n in range(101)})
    assert "100 lists are the most of a file" in refused(file(lists))
    names = json.dumps([{f"name{n}": n} for n in range(501)])
    assert "item 501: 500 columns are the most, and each name of a field is one" in refused(file(names))


def test_lists_of_objects_are_tables(file):
    content = {
        "hasMore": False,
        "posts": [{"id": "a", "author": {"name": "Jo"}, "tags": ["x"]}],
        "votes": [{"id": 1}],
    }
    path = file(json.dumps(content))
    assert [table.name for table in tables_in([path])] == ["posts", "votes"]
    assert rows(path) == [
        ("posts 1", {"id": "a", "author_name": "Jo", "tags": ["x"]}),
        ("votes 1", {"id": 1}),
    ]


@pytest.mark.parametrize("text", ['[{"a": 1}, {"a": 2}]', '{"a": 1}\n{"a": 2}\n', ' \n[{"a":1}\n,\n{"a":2}]'])
def test_a_bare_list_and_an_object_a_line_are_tables(file, text):
    assert [values for _w, values in rows(file(text))] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[" * 100_000, "item 1: it is nested too deep"),
        ('[{"a": ' + "[" * 100_000, "item 1: it is nested too deep"),
        ('[{"a": 1}, {"a": ', "item 2: it is no JSON"),
        ('{"posts": [{"a": 1}', "it ends in the middle"),
        ('{"posts": [1, 2]}', "posts 1: there is no object, but '1'"),
        ('[{"a": NaN}]', "item 1: it is no JSON"),
        ('[{"a": ' + "9" * 5000 + "}]", "item 1: it is no JSON"),
        ("[" + json.dumps({str(n): n for n in range(600)}) + "]", "item 1: 500 fields are the most"),
        ('[{"a": "' + "x" * (LONGEST_ROW + 200_000) + '"}]', "item 1: it has more than"),
    ],
)
def test_json_that_is_a_trap_is_refused_with_the_object(file, text, says):
    assert says in refused(file(text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text('ab_{[":', min_size=1), each, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), JSON, min_size=1), min_size=1, max_size=5),
    st.integers(1, 40),
)
def test_the_stream_reads_what_the_parser_reads(tmp_path_factory, monkeypatch_piece, objects, piece):
    path = tmp_path_factory.mktemp("json") / "t"
    path.write_text(json.dumps({"v": 1, "posts": objects}))
    monkeypatch_piece(piece)
    stream = parsing.Stream(path)
    assert [item for _name, _number, item in stream.items()] == objects
    assert stream.facts == {"v": 1}


@pytest.fixture(scope="module")
def monkeypatch_piece():
    before = parsing.PIECE

    def cut(size):
        parsing.PIECE = size

    yield cut
    parsing.PIECE = before
