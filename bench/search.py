"""How fast is the index? Made-up documents in, questions of several kinds out.

    .venv/bin/python bench/search.py [--documents 10000] [--instance FOLDER]

`--instance` asks the index of a real instance folder instead of filling one. Prints one line of JSON: CPU seconds
for filling, milliseconds (middle and slowest of 20) for each question, and how many hits it had at most.
"""

import argparse
import itertools
import json
import random
import resource
import statistics
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from portal.search.asking import ask
from portal.search.filling import Document
from portal.search.index import Index
from portal.search.matching import KINDS

VOCABULARY = 30_000
TEXT = 110
TIMES = 20


def sentences(dice):
    """A source of text whose words are as unequally frequent as in a language."""
    words = [f"{dice.choice('bcdfgklmnprst')}{dice.choice('aeiou')}{n}" for n in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (n + 2) for n in range(VOCABULARY)))
    return words, lambda length: " ".join(dice.choices(words, cum_weights=weights, k=length))


def fill(index, count):
    """Write that many documents; returns words from common to rare, and figures."""
    words, text = sentences(random.Random(1))
    began = time.process_time()
    with index.replacing() as batch:
        for number in range(count):
            batch.update(Document(KINDS[number % 3], number, text(8), text(TEXT), "Ann Bell", ""))
    cpu = time.process_time() - began
    begun_update = time.process_time()
    with index.writing() as batch:
        for number in range(200):
            batch.update(Document(KINDS[number % 3], number, text(8), text(TEXT), "Ann Bell", ""))
    update = time.process_time() - begun_update
    figures = {
        "documents": count,
        "documents_per_cpu_second": round(count / cpu),
        "update_of_200_cpu_seconds": round(update, 2),
        "megabytes": round(index.size() / 1e6, 1),
    }
    return words, figures


def words_of(index):
    """The words of a real index, the most frequent first."""
    with index._searcher() as searcher:
        frequent = searcher.reader().most_frequent_terms("text", number=5_000)
    return [term.decode() for _count, term in frequent]


def questions(words):
    """What is asked, by what it is called in the output."""
    pick = [words[min(place, len(words) - 1)] for place in (0, 3, 30, 300, 3_000)]
    return {
        "commonest word": pick[0],
        "common word": pick[2],
        "rare word": pick[4],
        "two words": f"{pick[2]} {pick[3]}",
        "two common words": f"{pick[0]} {pick[1]}",
        "phrase": f'"{pick[1]} {pick[2]}"',
        "nothing holds all": f"{pick[3]} {pick[4]} zzzz",
    }


def titles(words):
    """Titles being typed: of rarer words, of the commonest ones, of compounds, and one as long as fits."""
    last = len(words) - 1
    return {
        "similar titles": " ".join(words[40:400:60]),
        "similar titles, common words": " ".join(words[:7]),
        "similar titles, compounds": " ".join(
            words[min(n, last)] + words[min(n + 1, last)] for n in (20, 90, 400)
        ),
        "similar titles, long": " ".join(words[0:600:30]),
    }


def measure(act):
    """Middle and slowest in milliseconds, after one time to warm up."""
    act()
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1_000)
    return {"middle_ms": round(statistics.median(times), 1), "slowest_ms": round(max(times), 1)}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--documents", type=int, default=10_000)
    arguments.add_argument("--instance", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Index((chosen.instance or Path(folder)) / "search")
        if chosen.instance:
            words, figures = words_of(index), {"documents": sum(index.counts().values())}
        else:
            words, figures = fill(index, chosen.documents)
        for name, text in questions(words).items():
            found = index.search(ask(text), limit=21)
            figures[name] = {
                "hits": len(found.hits),
                **measure(partial(index.search, ask(text), limit=21)),
            }
        kinds = ("idea", "topic")
        for name, title in titles(words).items():
            figures[name] = measure(partial(index.similar, title, kinds=kinds, limit=5))
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
