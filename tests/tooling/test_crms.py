"""Real CRMs: whoever starts one, nothing of it is left running."""

import os
import signal
import subprocess
import sys

import httpx
import psutil
import pytest

from crms import installing, keeping, making
from crms.programs import ServiceMissing, find_python
from tests.services import ROOT

PATIENCE = 60


@pytest.fixture
def begun(tmp_path):
    """A Tryton with a keeper that lives while it is used: its folder, state, keeper, and the file that uses it."""
    folder = tmp_path / "tryton"
    user = keeping.use(folder)
    keeper = keeping.begin("tryton", folder, while_used=True)
    yield folder, keeping.wait_for(folder, keeper), keeper, user
    keeper.kill()
    keeper.wait()


def processes_of(keeper):
    return psutil.Process(keeper.pid).children(recursive=True)


@pytest.mark.real_crm("tryton")
def test_it_ends_with_the_last_who_used_it_and_leaves_nothing(begun):
    folder, state, keeper, user = begun
    assert httpx.get(f"{state['address']}/").status_code < 500
    servers = processes_of(keeper)
    user.unlink()
    keeper.wait(PATIENCE)
    assert servers
    assert psutil.wait_procs(servers, PATIENCE)[1] == []
    assert not folder.exists()


@pytest.mark.real_crm("tryton")
def test_a_killed_keeper_takes_its_servers_along(begun):
    folder, _, keeper, _ = begun
    servers = processes_of(keeper)
    keeper.kill()
    keeper.wait()
    assert psutil.wait_procs(servers, PATIENCE)[1] == []
    assert keeping.state_of(folder) is None


def test_an_installation_counts_once_it_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(installing, "HOME", tmp_path)
    half = tmp_path / "tryton/venv"
    half.mkdir(parents=True)
    assert not installing.is_installed("tryton")
    (half / ".locked").write_text(installing.wanted("bottlecrm"))
    assert not installing.is_installed("tryton")
    (half / ".locked").write_text(installing.wanted("tryton"))
    assert installing.is_installed("tryton")


def test_what_was_moved_with_its_folder_is_installed_anew(tmp_path, monkeypatch):
    stamp = tmp_path / "before/tryton/venv/.locked"
    stamp.parent.mkdir(parents=True)
    monkeypatch.setattr(installing, "HOME", tmp_path / "before")
    stamp.write_text(installing.wanted("tryton"))
    assert installing.is_installed("tryton")
    (tmp_path / "before").rename(tmp_path / "after")
    monkeypatch.setattr(installing, "HOME", tmp_path / "after")
    assert not installing.is_installed("tryton")


def test_what_a_broken_off_installation_left_at_work_is_found(tmp_path):
    python = tmp_path / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    waits, pipe = "print(flush=True); input()", subprocess.PIPE
    with subprocess.Popen([str(python), "-c", waits], stdin=pipe, stdout=pipe) as left:
        # A process that has only just begun has no command line yet.
        left.stdout.readline()
        assert installing.working_in(tmp_path / "venv") == [left.pid]
        assert installing.working_in(tmp_path / "ven") == []


def test_what_could_not_be_installed_is_lacking_until_somebody_tries_again(tmp_path, monkeypatch):
    for module in (installing, making):
        monkeypatch.setattr(module, "HOME", tmp_path)
    assert making.lacking("tryton") is None

    def unreachable(venv, lock, say):
        raise RuntimeError("pip could not install tryton.txt:\nNo address for that name")

    monkeypatch.setattr(installing, "_fetch", unreachable)
    monkeypatch.setattr(installing, "run", lambda command: None)
    with pytest.raises(RuntimeError):
        making.make(making.CRMS["tryton"], print)
    assert making.lacking("tryton") == "pip could not install tryton.txt: (bin/crm install tries again)"


def test_what_is_missing_is_said_in_one_line():
    with pytest.raises(
        ServiceMissing, match=r"^Python 3\.99 or newer with venv is missing; neither .* has one$"
    ):
        find_python((3, 99))


def test_a_keeper_that_cannot_start_says_why(tmp_path):
    keeper = keeping.begin("unheard-of", tmp_path / "none")
    with pytest.raises(RuntimeError, match="unheard-of"):
        keeping.wait_for(tmp_path / "none", keeper)
    keeper.wait(PATIENCE)


def test_the_command_says_what_runs():
    said = subprocess.run(
        [sys.executable, "-m", "crms", "status"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[0] for line in said.splitlines()] == ["BottleCRM", "Tryton"]


def test_nobody_is_taken_for_a_process_that_got_its_number_later(tmp_path):
    path = keeping.use(tmp_path)
    pid, began = path.name.split("-")
    assert int(pid) == os.getpid()
    assert keeping.is_alive(int(pid), began)
    assert not keeping.is_alive(int(pid), f"{began}1")
    child = subprocess.Popen(["sleep", "60"])
    began = keeping.began_at(child.pid)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not keeping.is_alive(child.pid, began)
