"""The README's table of settings and `portal/settings.py` say the same."""

import os
import re
import subprocess
import sys
from dataclasses import fields

import pytest

from portal.settings import Settings
from tests.house_rules.source import ROOT

OF_THE_TESTS = {"PORTAL_SHARED", "PORTAL_REQUIRE_SHARED", "PORTAL_REQUIRE_CRM"}


def line_of(each):
    """The line of the table for one setting."""
    default = int(each.default) if isinstance(each.default, bool) else each.default
    meaning = each.metadata["meaning"]
    if each.metadata["choices"]:
        meaning += f" ({' or '.join(f'`{choice}`' for choice in each.metadata['choices'])})"
    return f"| `PORTAL_{each.name.upper()}` | {f'`{default}`' if default != '' else ''} | {meaning} |"


def test_the_table_in_the_readme_is_the_one_in_the_code():
    in_readme = re.findall(r"^\| `PORTAL_.*$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert in_readme == [line_of(each) for each in fields(Settings)]


def test_every_name_that_is_mentioned_is_a_setting():
    mentioned = subprocess.run(
        ["git", "grep", "-hoIE", r"\bPORTAL_[A-Z][A-Z_]*[A-Z]\b", "--", ".", ":!tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    known = {f"PORTAL_{each.name.upper()}" for each in fields(Settings)}
    assert set(mentioned.stdout.split()) <= known | OF_THE_TESTS


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("PORTAL_DEM", "PORTAL_DEM is not a setting. The README lists them all."),
        ("PORTAL_MAIL", "PORTAL_MAIL must be one of: folder, smtp."),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start_with_a_sentence(name, says):
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "admin", "prepare"],
        cwd=ROOT,
        env={**os.environ, name: "pigeon"},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"{says}\n")
