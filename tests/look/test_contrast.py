"""Every pair of colours that meets on a page keeps its contrast, in both themes and with every accent hue.

Conversion: OKLCH to linear sRGB after Björn Ottosson (2020), clipped as browsers do; contrast after WCAG 2.2.
"""

import math
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKENS = (ROOT / "static/css/tokens.css").read_text().partition("@media")[0]
PAIR = re.compile(
    r"--([\w-]+): light-dark\(oklch\(([^)]*(?:\([^)]*\))?[^)]*)\), oklch\(([^)]*(?:\([^)]*\))?[^)]*)\)\);"
)
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}
HUES = range(0, 360, 3)

GROUNDS = ("page", "card", "sunk", "accent-soft", "good-soft", "warm-soft", "bad-soft")
TEXT = [("ink", ground) for ground in GROUNDS] + [("quiet", ground) for ground in GROUNDS]
TEXT += [
    (tone, ground)
    for tone in ("accent", "good", "warm", "bad")
    for ground in ("page", "card", f"{tone}-soft")
]
TEXT += [
    *((tone, "sunk") for tone in ("accent", "good", "warm", "bad")),
    ("accent-strong", "card"),
    ("accent-strong", "page"),
    ("accent-strong", "good-soft"),
]
TEXT += [("accent", "good-soft"), ("accent-ink", "accent"), ("accent-ink", "accent-strong")]
EDGES = [("edge", ground) for ground in ("page", "card")] + [("accent", ground) for ground in GROUNDS]


def linear(token: str, theme: int, hue: int) -> list[float]:
    """The red, green and blue light of a token, each 0 to 1."""
    lightness, chroma, angle = COLOURS[token][theme].replace("var(--hue)", str(hue)).split()
    a = float(chroma) * math.cos(math.radians(float(angle)))
    b = float(chroma) * math.sin(math.radians(float(angle)))
    long = (float(lightness) + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (float(lightness) - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (float(lightness) - 0.0894841775 * a - 1.2914855480 * b) ** 3
    mixed = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return [min(1.0, max(0.0, part)) for part in mixed]


def contrast(one: str, other: str, theme: int, hue: int) -> float:
    lights = [
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (linear(one, theme, hue), linear(other, theme, hue))
    ]
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def worst(one: str, other: str, theme: int) -> tuple[float, int]:
    return min((contrast(one, other, theme, hue), hue) for hue in HUES)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    ratio, hue = worst(text, ground, theme)
    assert ratio >= 4.5, f"{text} on {ground}: {ratio:.2f} at hue {hue}"


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(edge: str, ground: str, theme: int) -> None:
    ratio, hue = worst(edge, ground, theme)
    assert ratio >= 3, f"{edge} on {ground}: {ratio:.2f} at hue {hue}"


def test_every_colour_of_the_tokens_is_measured() -> None:
    drawn_only = {"line", "accent-line", "good-line", "warm-line", "bad-line"}
    assert set(COLOURS) - drawn_only == {name for pair in TEXT + EDGES for name in pair}
