"""Nothing in the repository depends on the machine where it was written."""

import json
import subprocess

import pytest

from tests.house_rules.source import ROOT

# Written in two parts, so that this file is not the first to be found.
OF_ONE_MACHINE = [
    "pypi" + r"\.org",
    "python" + r"hosted\.org",
    "registry" + r"\.npmjs",
    "index" + "-url",
    "find" + "-links",
    '"resolved"' + ": *",
    "/work" + "/",
    "/tmp" + "/[a-z]",  # noqa: S108
    "/root" + "/",
]


@pytest.mark.parametrize("pattern", OF_ONE_MACHINE)
def test_no_file_names_a_registry_or_a_path_of_one_machine(pattern):
    found = subprocess.run(["git", "grep", "-nIE", "-e", pattern], cwd=ROOT, capture_output=True, text=True)
    nothing_found = 1
    assert (found.returncode, found.stdout) == (nothing_found, "")


@pytest.mark.parametrize("name", ["run", "test", "node", "bottlecrm", "tryton"])
def test_every_locked_package_has_a_version_and_a_hash(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text().replace("\\\n", "")
    packages = [line for line in text.splitlines() if line[:1].isalnum()]
    assert packages
    assert [line for line in packages if "==" not in line or "--hash=sha256:" not in line] == []


def test_every_front_end_package_has_a_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, each in packages.items() if name and "integrity" not in each] == []
