"""Archives that are traps are refused before anything of them is read, and nothing is written."""

import stat
import zipfile

import pytest

from portal.transfer.opening import Unsafe, opened
from portal.transfer.stackexchange import importing
from tests.transfer.dumping import DUMP, SOURCE, everything

POSTS = '<posts><row Id="1" PostTypeId="1" Title="a" CreationDate="2010-12-05T00:00:00" /></posts>'


def zipped(tmp_path, *members, **options):
    path = tmp_path / "dump.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, **options)
    return path


def refused(path):
    with pytest.raises(Unsafe) as refusal, opened(path):
        pass
    return str(refusal.value)


@pytest.mark.parametrize(
    "name", ["../Posts.xml", "/etc/Posts.xml", "a/../../Posts.xml", "..\\Posts.xml", "C:Posts.xml"]
)
def test_names_that_lead_out_are_refused(tmp_path, name):
    assert "leads out" in refused(zipped(tmp_path, (name, POSTS)))


def test_the_same_name_twice_is_refused(tmp_path):
    assert "twice" in refused(zipped(tmp_path, ("a/Posts.xml", POSTS), ("b/posts.xml", POSTS)))


def test_a_bomb_is_refused(tmp_path):
    assert "would unpack to" in refused(zipped(tmp_path, ("Posts.xml", b"\0" * 20_000_000)))


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("Posts.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in refused(zipped(tmp_path, (link, "/etc/passwd")))


def test_a_link_in_a_folder_is_refused(tmp_path):
    (tmp_path / "Posts.xml").symlink_to("/etc/passwd")
    assert "is a link" in refused(tmp_path)


def test_what_is_no_zip_is_refused(tmp_path):
    path = tmp_path / "dump.zip"
    path.write_bytes(b"PK\x03\x04 cut off")
    assert "neither a folder nor a zip" in refused(path)


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><posts>&b;</posts>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><posts><row Id="&a;"/></posts>',
        '<posts><row Id="1" PostTypeId="1" Title="cut',
        "no xml at all",
        "",
    ],
)
def test_damaged_and_hostile_xml_is_refused_and_nothing_is_written(app, run, tmp_path, xml):
    for name in ("Users", "Votes"):
        (tmp_path / f"{name}.xml").write_bytes((DUMP / f"{name}.xml").read_bytes())
    (tmp_path / "Posts.xml").write_text(xml)
    before = everything()
    said = run("transfer", "import", "stackexchange", str(tmp_path), "--source", SOURCE)
    assert said.exit_code == 1
    assert "Posts.xml is damaged" in said.output
    assert everything() == before


def test_a_zip_reads_like_its_folder(app, tmp_path):
    path = zipped(tmp_path, *[(f"{SOURCE}/{each.name}", each.read_bytes()) for each in DUMP.iterdir()])
    with opened(path) as archive:
        report = importing.run(archive, SOURCE)
    assert (report.taken["ideas"], report.taken["topics"]) == (4, 3)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["zip-traversal", "zip-symlink", "zip-duplicate-names", "zip-100MB-zeros"])
def test_the_given_traps_are_refused(app, run, shared, name):
    before = everything()
    said = run("transfer", "import", "stackexchange", str(shared / f"data/hostile/files/{name}.zip"))
    assert said.exit_code == 1
    assert said.output.startswith("Error:")
    assert everything() == before


@pytest.mark.shared
@pytest.mark.parametrize("name", ["xml-xxe", "xml-truncated", "xml-billion-laughs", "xml-bad-values"])
def test_the_given_tables_are_refused_or_reported(app, run, shared, tmp_path, name):
    (tmp_path / "Posts.xml").write_bytes((shared / f"data/hostile/files/{name}.xml").read_bytes())
    before = everything()
    said = run("transfer", "import", "stackexchange", str(tmp_path))
    if name == "xml-bad-values":
        assert said.exit_code == 0
        assert "Left out: 1 × Posts: Id is no usable number" in said.output
    else:
        assert said.exit_code == 1
        assert "damaged" in said.output
        assert everything() == before
