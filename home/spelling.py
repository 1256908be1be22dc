"""The words of the search index, and corrections of misspelt words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Page, get_page_models
from wagtail.search.models import IndexEntry

from home.http import page_cache
from home.page_tree import TreePage

WORD = re.compile(r"\w+")
# Compounds such as "micro-credentials" are also found as "microcredentials".
# Words are read from their beginning and whole: otherwise the time grows with the square of the length of a word.
COMPOUND = re.compile(r"(?<!\w)\w++(?:[-‐‑–]\w++)+")
# Shorter words are not corrected: they are similar to too many words.
SHORTEST = 5
LONG = 8
# The most words of a query that are corrected, to limit its time.
MOST_WORDS = 4
# Characters. Longer than the text of any page; it limits the memory.
MAX_TEXT = 200_000


@dataclass
class Vocabulary:
    """The words of the pages of a language with their frequency, and the parts of words with hyphens."""

    counts: Counter[str] = field(default_factory=Counter)
    compounds: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, text: str) -> None:
        self.counts.update(WORD.findall(text))
        for compound in COMPOUND.findall(text):
            parts = tuple(WORD.findall(compound))
            self.compounds["".join(parts)] = parts

    def correct(self, words: list[str]) -> list[str]:
        """Return the words, with the closest known words in place of unknown ones. `words` must be folded."""
        found: list[str] = []
        corrected = 0
        for word in self._joined(words):
            if self._is_known(word) or corrected == MOST_WORDS:
                found.append(word)
            else:
                found += self._closest(word)
                corrected += 1
        return list(dict.fromkeys(found))

    def _joined(self, words: list[str]) -> list[str]:
        """Join two neighbouring words that the pages write as one, such as "e health"."""
        found: list[str] = []
        for word in words:
            is_part = found and not self._is_known(word) and self._is_known(found[-1] + word)
            found.append(found.pop() + word if is_part else word)
        return found

    def _is_known(self, word: str) -> bool:
        return any(known.startswith(word) for known in self.counts)

    def _closest(self, word: str) -> list[str]:
        for compound, parts in self.compounds.items():
            # The typed word may lack an ending.
            if compound.startswith(word) and len(compound) - len(word) < len(parts[-1]):
                return [*parts[:-1], parts[-1][: len(parts[-1]) - (len(compound) - len(word))]]
        limit = 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
        best = (limit + 1, 0, word)
        parts_of_best: tuple[str, ...] = (word,)
        for known, count in [*self.counts.items(), *((key, 1) for key in self.compounds)]:
            if known.isdigit() or len(known) < len(word) - limit:
                continue
            # The typed word may lack an ending, so it is also compared with the beginning of the known word.
            for form in {known, known[: len(word)]} if len(known) > len(word) else {known}:
                distance = edit_distance(word, form, limit)
                if distance is not None and (distance, -count, known) < best:
                    best = (distance, -count, known)
                    parts_of_best = self.compounds.get(known, (known,))
        return list(parts_of_best)


def edit_distance(one: str, two: str, limit: int) -> int | None:
    """Return how many letters must be changed, added, removed or swapped with a neighbour; None if more than `limit`."""
    if abs(len(one) - len(two)) > limit:
        return None
    before: list[int] = []
    row = list(range(len(two) + 1))
    for y, left in enumerate(one, start=1):
        previous, row = row, [y]
        for x, right in enumerate(two, start=1):
            cost = min(previous[x] + 1, row[x - 1] + 1, previous[x - 1] + (left != right))
            if y > 1 and x > 1 and left == two[x - 2] and one[y - 2] == right:
                cost = min(cost, before[x - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
        before = previous
    return row[-1] if row[-1] <= limit else None


def vocabulary(root: TreePage) -> Vocabulary:
    """Return the vocabulary of the live pages below `root`, the home page of a language."""
    return page_cache.cached(f"search-vocabulary-{root.pk}", lambda: _read(root))


def _read(root: TreePage) -> Vocabulary:
    found = Vocabulary()
    for text in _indexed_texts(root):
        found.add(text[:MAX_TEXT])
    return found


def _indexed_texts(root: TreePage) -> Iterable[str]:
    """Yield the folded text of each live page from the search index. PostgreSQL stores the words, SQLite the text."""
    pages = Page.objects.live().filter(path__startswith=root.path)
    entries = IndexEntry.objects.filter(
        content_type__in=ContentType.objects.get_for_models(*get_page_models()).values(),
        object_id__in=[str(key) for key in pages.values_list("pk", flat=True)],
    )
    if connection.vendor == "postgresql":
        entries = entries.extra(select={"words": "array_to_string(tsvector_to_array(autocomplete), ' ')"})
        return (text or "" for text in entries.values_list("words", flat=True))
    return (text or "" for text in entries.values_list("autocomplete", flat=True))
