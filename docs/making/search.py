"""
Chinese search that finds the field's terms.

The index is cut by jieba with the glossary as its dictionary, and a term of the glossary
within a longer one is kept besides. In the browser a run of Chinese that is part of a
word of the index is asked for as it is; any other is cut into the longest words that the
index knows, so that a question of several words finds what each of them finds.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import jieba
from sphinx.search.zh import SearchChinese


__all__ = ["SearchGlossary"]

jieba.setLogLevel(logging.WARNING)  # it tells of every dictionary that it loads


class SearchGlossary(SearchChinese):
    """Sphinx's Chinese search with terms within terms and a splitter for browsers."""

    glossary: frozenset[str] = frozenset()

    def init(self, options: Mapping[str, str]) -> None:
        """Take the terms from the dictionary that jieba is given."""
        super().init(dict(options))
        if options.get("dict"):
            lines = Path(options["dict"]).read_text(encoding="utf-8").splitlines()
            self.glossary = frozenset(line.split()[0] for line in lines)

    def split(self, text: str) -> list[str]:
        """Cut as jieba does, and add the terms that stand within a longer one."""
        words = super().split(text)
        return [*words, *(term for word in words for term in self._within(word))]

    def _within(self, word: str) -> Iterator[str]:
        if word.isascii():
            return
        for first in range(len(word)):
            for last in range(first + 2, len(word) + 1):
                if last - first < len(word) and word[first:last] in self.glossary:
                    yield word[first:last]

    js_splitter_code = """
function splitQuery(query) {
  const known = (word) => {
    const index = typeof Search === "undefined" ? null : Search._index;
    return index && (Object.hasOwn(index.terms, word) || Object.hasOwn(index.titleterms, word));
  };
  const within = (word) => {
    const index = typeof Search === "undefined" ? null : Search._index;
    return index && word.length > 2 && Object.keys(index.terms).some((term) => term.includes(word));
  };
  const words = [];
  for (const run of query.match(/[\\u3400-\\u9fff]+|[\\p{L}\\p{N}_]+/gu) || []) {
    if (!/^[\\u3400-\\u9fff]/.test(run) || known(run) || within(run)) { words.push(run); continue; }
    let at = 0;
    while (at < run.length) {
      let end = run.length;
      while (end > at + 1 && !known(run.slice(at, end))) end -= 1;
      if (end > at + 1) words.push(run.slice(at, end));
      at = end;
    }
    if (!words.length) words.push(run);
  }
  return words;
}
"""
