"""The drop: a file for each push appears whole with its manifest, says what is so, and holds nobody who was erased."""

import csv
import errno
import hashlib
import json
import os

import pytest

from portal.crm_bridge.drop.gateway import Drop
from portal.crm_bridge.gateway import CrmError, Key, Ref, Row
from portal.crm_bridge.mapping import KINDS


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "drop"


@pytest.fixture
def connected(run, folder):
    assert run("crm", "connect", "files", "--vendor", "drop", "--set", f"folder={folder}").exit_code == 0
    return lambda *more: run("crm", *more, "--connection", "files")


class Full:
    """The disk is full at the call of that number, and has room again afterwards."""

    def __init__(self, left):
        self.left = left

    def at(self, call):
        def step(*args, **named):
            self.left -= 1
            if not self.left:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*args, **named)

        return step


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
def test_a_disk_that_is_full_at_any_moment_is_said_and_nothing_is_lost(tmp_path, monkeypatch, format_):
    """Each record is there once after the next push, every file is whole, and none of ours is left half."""
    moment, done = 0, False
    while not done:
        moment += 1
        settings = {"folder": str(tmp_path / str(moment)), "format": format_}
        with monkeypatch.context() as patch:
            full = Full(moment)
            for name in ("open", "fsync", "replace"):
                patch.setattr(os, name, full.at(getattr(os, name)))
            try:
                write_some(settings)
                done = True
            except CrmError as error:
                assert "No space left" in str(error)  # noqa: PT017
        write_some(settings)
        place = tmp_path / str(moment)
        assert {each for _, _, each in lines(place)} == {"person:1", "person:2"}
        for manifest in place.glob("*.manifest.json"):
            for said in json.loads(manifest.read_text())["files"]:
                data = (place / said["name"]).read_bytes()
                assert (said["bytes"], said["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        assert [each.name for each in place.iterdir() if each.suffix in (".draft", ".part")] == []
        assert len(list(place.glob("*.manifest.json"))) == len(list(place.glob("*.jsonl")))
    assert moment > 6


def write_some(settings):
    crm = Drop(settings)
    try:
        crm.ensure_schema(KINDS)
        keys = [Key(f"person:{n}") for n in (1, 2)]
        for key, there in zip(keys, crm.plan_keys("contact", keys), strict=True):
            crm.upsert_many("contact", [Row(Ref(key.external_id, there), {"name": "Ines"}, 1)])
    finally:
        crm.close()


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def lines(folder):
    found = [json.loads(line) for path in sorted(folder.rglob("*.jsonl")) for line in path.open()]
    return [(each["op"], each["kind"], each["id"]) for each in found]


def test_each_push_is_one_file_with_a_manifest(connected, folder, make, consenting, vote):
    ines, idea = consenting(name="Ines Duarte"), make.idea(title="Offline mode")
    vote(ines, idea)
    assert "2 created" in connected("push").output
    file, manifest, schema = names(folder)
    assert (file.removesuffix(".jsonl"), schema) == (manifest.removesuffix(".manifest.json"), "schema.json")
    said = json.loads((folder / manifest).read_text())
    data = (folder / file).read_bytes()
    assert (said["lines"], said["files"]) == (
        2,
        [{"name": file, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}],
    )
    contact, voted = map(json.loads, data.splitlines())
    assert (contact["id"], contact["fields"]["name"]) == (f"person:{ines.id}", "Ines Duarte")
    assert {each["schema_version"] for each in contact["records"] + voted["records"]} == {1}
    assert voted["parent"] == contact["id"]
    assert "2 equal" in connected("push").output
    assert len(names(folder)) == 3
    assert connected("drift").output == "2 records read back.\nEverything is as it was written.\n"


def test_a_change_is_a_whole_record_in_a_new_file(connected, folder, consenting):
    ines = consenting(name="Ines", reputation=1)
    connected("push")
    ines.reputation = 2
    connected("push")
    first, second = sorted(folder.glob("*.jsonl"))
    changed = json.loads(second.read_text())
    assert (changed["fields"]["name"], changed["fields"]["points"]) == ("Ines", 2)
    assert first.name < second.name


def test_files_that_were_taken_are_read_where_they_are(connected, folder, consenting):
    consenting()
    connected("push")
    (folder / "taken").mkdir()
    for path in folder.glob("push-*"):
        path.rename(folder / "taken" / path.name)
    assert connected("drift").exit_code == 0
    for path in (folder / "taken").iterdir():
        path.unlink()
    assert "is not there" in connected("drift").output


def test_what_somebody_changed_in_a_file_has_drifted(connected, folder, consenting):
    consenting(name="Ines Duarte")
    connected("push")
    [path] = folder.glob("*.jsonl")
    path.write_text(path.read_text().replace("Ines Duarte", "Ines Fuarte"))
    assert "name 'Ines Duarte' -> 'Ines Fuarte'" in connected("drift").output


def test_who_is_erased_stands_in_no_file(connected, folder, make, consenting, vote):
    ines, tomas, idea = consenting(name="Ines Duarte"), consenting(name="Tomas Lind"), make.idea()
    for each in (ines, tomas):
        vote(each, idea)
    connected("push")
    ines.name = "Ines D."
    connected("push")
    ines.crm_consent = False
    connected("push")
    texts = "".join(path.read_text() for path in folder.glob("push-*"))
    assert "Ines" not in texts
    assert "Tomas Lind" in texts
    assert lines(folder) == [
        ("upsert", "contact", f"person:{tomas.id}"),
        ("upsert", "vote", f"vote:{idea.id}:{tomas.id}"),
        ("erase", "vote", f"vote:{idea.id}:{ines.id}"),
        ("erase", "contact", f"person:{ines.id}"),
    ]
    for path in folder.glob("*.manifest.json"):
        [said] = json.loads(path.read_text())["files"]
        assert hashlib.sha256((folder / said["name"]).read_bytes()).hexdigest() == said["sha256"]
    assert connected("drift").exit_code == 0


def test_tables_stand_beside_when_asked_for(connected, run, folder, make, consenting, vote):
    run("crm", "connect", "files", "--set", "format=csv")
    ines = consenting(name="=HYPERLINK(1)")
    vote(ines, make.idea())
    connected("push")
    [path] = folder.glob("*-contact.csv")
    with path.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["op"], row["id"], row["name"]) == ("upsert", f"person:{ines.id}", "'=HYPERLINK(1)")
    [manifest] = folder.glob("*.manifest.json")
    assert len(json.loads(manifest.read_text())["files"]) == 3


# -- A push that is killed, and a folder that is none ---------------------------------------------------


def drop(folder):
    made = Drop({"folder": str(folder)})
    made.ensure_schema(KINDS)
    return made


def row(n, **fields):
    return Row(Ref(f"person:{n}"), fields or {"name": f"Person {n}"}, n)


def test_what_a_killed_push_wrote_is_known_and_appears_with_the_next(folder):
    killed = drop(folder)
    killed.upsert_many("contact", [row(1), row(2)])
    [part] = folder.glob(".*.part")
    with part.open("a") as file:
        file.write('{"op": "upsert", "kind": "contact", "id": "person:3", "fie')
    assert list(folder.glob("*.jsonl")) == []
    after = drop(folder)
    assert [
        each and each.fields["name"]
        for each in after.read_many("contact", [Ref(f"person:{n}") for n in (1, 2, 3)])
    ] == [
        *("Person 1", "Person 2"),
        None,
    ]
    after.upsert_many("contact", [row(3)])
    after.close()
    assert [each[2] for each in lines(folder)] == ["person:1", "person:2", "person:3"]
    assert len(list(folder.glob("*.manifest.json"))) == 2
    assert list(folder.glob(".*.part")) == []


def test_the_index_is_only_a_help(folder):
    for n in range(3):
        with_it = drop(folder)
        with_it.upsert_many("contact", [row(1, name=f"Name {n}")])
        with_it.close()
    (folder / ".index.sqlite").write_text("This is a letter, not a database." * 100)
    again = drop(folder)
    assert again.read_many("contact", [Ref("person:1")])[0].fields["name"] == "Name 2"
    again.erase("contact", [Ref("person:1")])
    assert again.read_many("contact", [Ref("person:1")]) == [None]
    again.close()


def test_an_older_file_that_is_written_anew_does_not_bring_older_words_back(folder):
    for n in range(2):
        made = drop(folder)
        made.upsert_many("contact", [row(1, name=f"One {n}"), row(2, name=f"Two {n}")])
        made.close()
    made = drop(folder)
    made.erase("contact", [Ref("person:2")])
    assert made.read_many("contact", [Ref("person:1")])[0].fields["name"] == "One 1"
    made.close()


def test_a_folder_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CrmError, match=r"The folder: (Not a directory|File exists)") as refused:
        drop(tmp_path / "file")
    assert not refused.value.permanent
