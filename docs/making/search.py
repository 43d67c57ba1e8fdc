"""
Chinese search that finds the field's terms.

The index is cut by jieba with the glossary as its dictionary; in the browser a run of
Chinese is cut into the longest words that the index knows, so that a question of
several words finds what each of them finds.
"""

from __future__ import annotations

import logging

import jieba
from sphinx.search.zh import SearchChinese


__all__ = ["SearchGlossary"]

jieba.setLogLevel(logging.WARNING)  # it tells of every dictionary that it loads


class SearchGlossary(SearchChinese):
    """Sphinx's Chinese search with a splitter for the browser."""

    js_splitter_code = """
function splitQuery(query) {
  const known = (word) => {
    const index = typeof Search === "undefined" ? null : Search._index;
    return index && (Object.hasOwn(index.terms, word) || Object.hasOwn(index.titleterms, word));
  };
  const words = [];
  for (const run of query.match(/[\\u3400-\\u9fff]+|[\\p{L}\\p{N}_]+/gu) || []) {
    if (!/^[\\u3400-\\u9fff]/.test(run) || known(run)) { words.push(run); continue; }
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
