"""The border contracts of pyproject.toml catch what they are for: each is broken by a planted fault."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules.source import PORTAL, ROOT

FAULTS = [
    ("Slices depend downwards only", {"ideas/planting.py": "from portal.forums import models"}),
    ("Slices depend downwards only", {"weather/__init__.py": ""}),
    (
        "Inside a slice: views and cli over forms over queries over models",
        {"ideas/models.py": "from portal.ideas import queries"},
    ),
    ("Only the edges know HTTP", {"ideas/planting.py": "import flask"}),
    (
        "CRM vendors do not know each other",
        {"crm_bridge/memory/planting.py": "from portal.crm_bridge import embedded"},
    ),
    (
        "CRM vendors know the gateway, not the portal",
        {"crm_bridge/memory/planting.py": "from portal.ideas import models"},
    ),
    (
        "No circles",
        {
            "ideas/planting.py": "from portal.ideas import watering",
            "ideas/watering.py": "from portal.ideas import planting",
        },
    ),
]


def lint(folder):
    """The verdict of import-linter on the portal in a folder."""
    lint_imports = Path(sys.executable).parent / "lint-imports"
    command = [sys.executable, str(lint_imports), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("contract", "fault"), FAULTS)
def test_a_planted_fault_breaks_its_contract(contract, fault, tmp_path):
    shutil.copytree(PORTAL, tmp_path / "portal", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for path, line in fault.items():
        (tmp_path / "portal" / path).parent.mkdir(exist_ok=True)
        with (tmp_path / "portal" / path).open("a") as module:
            module.write(f"\n{line}\n")
    assert f"{contract} BROKEN" in lint(tmp_path)
