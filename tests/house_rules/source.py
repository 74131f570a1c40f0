"""The files of the portal as the house rules read them."""

import ast
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PORTAL = ROOT / "portal"
TEMPLATES = ROOT / "templates"

MODULES = sorted(path.relative_to(ROOT) for path in PORTAL.rglob("*.py"))
PAGES = sorted(path.relative_to(ROOT) for path in TEMPLATES.rglob("*.html"))
TESTS = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("*.py"))
SLICES = sorted(path.parent.name for path in PORTAL.glob("*/__init__.py"))
VIEWS = [path for path in MODULES if path.stem == "views" or path.parent.name == "views"]


@cache
def text_of(path: Path) -> str:
    """The source of a file, named from the root of the repository."""
    return (ROOT / path).read_text()


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(text_of(path))


def nodes_naming(path: Path, *parts: str) -> Iterable[ast.AST]:
    """Every node of a module, none where its source has no such part: that says of most without reading their trees."""
    return ast.walk(tree_of(path)) if any(part in text_of(path) for part in parts) else ()


def faults(paths: Iterable[Path], fault: Callable[[Path], Any]) -> dict[str, Any]:
    """The files that break a rule, each with what `fault` finds in it. One test a rule says all of them at once."""
    return {str(path): found for path in paths if (found := fault(path))}


def functions_of(path: Path) -> list[ast.FunctionDef]:
    """Every function and method of a module."""
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]


def length_of(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end, decorators and docstring not counted."""
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        lines -= first.end_lineno - first.lineno + 1
    return lines


def names_of(node: ast.AST) -> str:
    """The source of a node in one line."""
    return " ".join(ast.unparse(node).split())
