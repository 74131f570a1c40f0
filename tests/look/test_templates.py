"""What every template keeps to, so that the policy holds and every part is known."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALL = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in ALL if "email" not in path.parts]
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
SHEET = [ROOT / "templates/components.html", *(ROOT / "templates/components").rglob("*.html")]
DRAWN = "".join(path.read_text() for path in SHEET)
NEEDS_A_FORM = {"field", "error_summary"}
INTERNAL = {"face_of_vote", "one_way", "problem", "choices"}


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_nothing_is_inline(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"<style|javascript:", text)


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_scripts_and_sheets_carry_the_nonce(path: Path) -> None:
    for tag in re.findall(r"<script[^>]*>|<link[^>]*stylesheet[^>]*>", path.read_text()):
        assert 'nonce="{{ csp_nonce() }}"' in tag


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_no_other_host_is_asked(path: Path) -> None:
    assert not re.search(r"(?:src|href|action|url)\s*[=(]\s*[\"']?(?:https?:)?//", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=shown)
def test_a_form_that_changes_something_carries_the_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
        if re.search(r"method\s*=\s*\"post\"", form, re.IGNORECASE):
            assert re.search(r"hidden_fields\(|csrf_token|hidden_tag\(", form)


@pytest.mark.parametrize("path", COMPONENTS, ids=shown)
def test_every_macro_is_documented_and_drawn(path: Path) -> None:
    macros = set(re.findall(r"\{%-? macro (\w+)\(", path.read_text())) - INTERNAL
    documented = (ROOT / "docs/components.md").read_text()
    assert [each for each in macros if not re.search(rf"`(\{{% call )?{each}\(", documented)] == []
    assert [each for each in macros - NEEDS_A_FORM if not re.search(rf"(?<!macro ){each}\(", DRAWN)] == []
