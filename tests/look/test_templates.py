"""What every template keeps to, so that the policy holds and every part is known."""

import re
from pathlib import Path

from tests.house_rules.source import faults

ROOT = Path(__file__).parents[2]
ALL = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in ALL if "email" not in path.parts]
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
SHEET = [ROOT / "templates/components.html", *(ROOT / "templates/components").rglob("*.html")]
DRAWN = "".join(path.read_text() for path in SHEET)
NEEDS_A_FORM = {"field", "error_summary"}
INTERNAL = {"face_of_vote", "one_way", "problem", "choices"}


def test_nothing_is_inline() -> None:
    assert faults(PAGES, inline_in) == {}


def inline_in(path: Path) -> list[str]:
    return re.findall(r"\sstyle\s*=|<[a-z][^>]*\son[a-z]+\s*=|<style|javascript:", path.read_text())


def test_scripts_and_sheets_carry_the_nonce() -> None:
    assert faults(PAGES, without_the_nonce) == {}


def without_the_nonce(path: Path) -> list[str]:
    tags = re.findall(r"<script[^>]*>|<link[^>]*stylesheet[^>]*>", path.read_text())
    return [tag for tag in tags if 'nonce="{{ csp_nonce() }}"' not in tag]


def test_no_other_host_is_asked() -> None:
    elsewhere = re.compile(r"(?:src|href|action|url)\s*[=(]\s*[\"']?(?:https?:)?//")
    assert faults(PAGES, lambda path: elsewhere.findall(path.read_text())) == {}


def test_a_form_that_changes_something_carries_the_token() -> None:
    assert faults(PAGES, forms_without_the_token) == {}


def forms_without_the_token(path: Path) -> list[str]:
    forms = re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL)
    changing = [form for form in forms if re.search(r"method\s*=\s*\"post\"", form, re.IGNORECASE)]
    return [form for form in changing if not re.search(r"hidden_fields\(|csrf_token|hidden_tag\(", form)]


def test_every_macro_is_documented() -> None:
    documented = (ROOT / "docs/components.md").read_text()
    assert (
        faults(
            COMPONENTS,
            lambda path: [
                each for each in macros_of(path) if not re.search(rf"`(\{{% call )?{each}\(", documented)
            ],
        )
        == {}
    )


def test_every_macro_is_drawn() -> None:
    assert (
        faults(
            COMPONENTS,
            lambda path: [
                each
                for each in macros_of(path) - NEEDS_A_FORM
                if not re.search(rf"(?<!macro ){each}\(", DRAWN)
            ],
        )
        == {}
    )


def macros_of(path: Path) -> set[str]:
    return set(re.findall(r"\{%-? macro (\w+)\(", path.read_text())) - INTERNAL
