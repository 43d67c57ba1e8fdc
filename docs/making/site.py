"""The configuration of Sphinx that both languages share, and the pages it makes."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from making.benchmarks import benchmarks_in
from making.code import Code, chinese
from making.law import Law
from making.model import Model, terms
from making.news import changelog
from making.search import SearchGlossary
from making.translations import from_english, source


if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).parents[1]
sys.path.insert(0, str(DOCS))

OTHER = {"zh": ("en", "English"), "en": ("zh", "中文")}

SHARED: dict[str, Any] = {
    "project": "eduequity",
    "author": "eduequity",
    "copyright": "eduequity, Apache-2.0",
    "extensions": [
        "myst_parser",
        "sphinx.ext.autodoc",
        "sphinx.ext.napoleon",
        "sphinx.ext.intersphinx",
        "sphinx_design",
        "sphinx_copybutton",
    ],
    "source_suffix": {".md": "markdown"},
    "exclude_patterns": ["conf.py"],
    "templates_path": [str(DOCS / "making" / "templates")],
    "html_static_path": [str(DOCS / "making" / "static")],
    "html_css_files": ["site.css"],
    "html_theme": "furo",
    "html_theme_options": {"top_of_page_buttons": ["view"]},
    "locale_dirs": [str(DOCS / "making" / "locale")],
    "html_show_sourcelink": False,
    "html_copy_source": False,
    "html_sidebars": {
        "**": [
            "sidebar/brand.html",
            "sidebar/search.html",
            "sidebar/scroll-start.html",
            "sidebar/navigation.html",
            "sidebar/scroll-end.html",
        ]
    },
    "myst_enable_extensions": ["colon_fence", "deflist", "attrs_block"],
    "myst_heading_anchors": 3,
    "default_role": "code",
    "autodoc_member_order": "bysource",
    "autodoc_typehints": "none",
    "autodoc_class_signature": "mixed",
    "napoleon_google_docstring": True,
    "napoleon_use_ivar": True,
    "nitpick_ignore_regex": [
        ("py:.*", r"(numpy|collections|pathlib|datetime|typing|npt|np)\..*"),
        ("py:class", r"[a-z]+|.* .*"),  # a sentence that napoleon takes for a type
    ],
    "copybutton_prompt_text": r">>> |\.\.\. |\$ ",
    "copybutton_prompt_is_regexp": True,
    "copybutton_only_copy_prompt_lines": True,
    "pygments_style": "tango",
}


def configure(lang: str) -> dict[str, Any]:
    """Return the whole configuration of one language."""
    found = dict(SHARED)
    found["language"] = "zh_CN" if lang == "zh" else "en"
    found["html_title"] = "eduequity 义务教育优质均衡" if lang == "zh" else "eduequity"
    if os.environ.get(
        "EDUEQUITY_INTERSPHINX"
    ):  # CI is offline: no inventory is fetched
        found["intersphinx_mapping"] = {
            "python": ("https://docs.python.org/3", None),
            "numpy": ("https://numpy.org/doc/stable", None),
        }
    if lang == "zh":
        found["html_search_language"] = "zh"
        found["html_js_files"] = ["zh.js"]
        found["html_search_options"] = {"dict": str(_dictionary())}
    found["setup"] = lambda app: _setup(app, lang)
    return found


def made_pages(lang: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every page that is made from the code."""
    from eduequity._facade import installed

    registry = installed()
    for maker in (Law, Model, Code):
        for name, text in maker(registry, lang).pages():
            yield name, text if lang == "zh" else text.replace("、`", ", `")
    yield "changelog.md", changelog(lang)
    for path in sorted((DOCS / "reference").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        yield f"reference/{path.name}", _in_one_language(path.stem, text, lang)
    if lang == "en":
        yield from _english_sources()
    decisions = [
        Path(name).stem
        for name in from_english(lang)
        if name.startswith("explanation/decisions/")
    ]
    title = "设计决定" if lang == "zh" else "Decisions"
    note = (
        "为什么是现在这样：每项决定一页，写明做法、理由、没有采用的办法和限度。"
        if lang == "zh"
        else "Why things are as they are."
    )
    inside = "\n".join(decisions)
    yield (
        "explanation/decisions/index.md",
        f"# {title}\n\n{note}\n\n```{{toctree}}\n{inside}\n```\n",
    )


def _english_sources() -> Iterator[tuple[str, str]]:
    """Yield the pages whose source is English and stands outside of en/."""
    names = list(from_english("en"))
    for name in names:
        text = source(name).read_text(encoding="utf-8")
        if name == "cases/index.md":
            inside = "\n".join(
                Path(each).stem
                for each in names
                if each.startswith("cases/") and each != name
            )
            text += f"\n```{{toctree}}\n:hidden:\n\n{inside}\n```\n"
        yield name, text


INPUT_WORDS = {
    "# Headings of the official forms": "# 官方表格的表头",
    "What the headings of 申报表 Ⅰ–Ⅵ, of one city's collection forms and of exports of "
    "the education statistics are read into.": "申报表 Ⅰ–Ⅵ、某市的采集表和教育事业统计"
    "导出表的表头各读入哪一列。",
    "White space and the width of brackets never matter.": "空格和括号的全半角不影响。",
    "The list of headings is tests/data/form-headings.csv; its last column names the "
    "source.": "表头清单在 tests/data/form-headings.csv，最后一列是出处。",
    "This page is made by `docs/make_input_pages.py`.": "本页由 "
    "`docs/make_input_pages.py` 生成。",
    "## Read (": "## 读入的表头 (",
    "## Not read (": "## 不读入的表头 (",
    "| form | no. | heading | read into |": "| 表 | 序号 | 表头 | 读入 |",
    "| form | no. | heading | reason |": "| 表 | 序号 | 表头 | 原因 |",
    "# Checks between figures": "# 数据之间的核对",
    "What is compared when data are read.": "读入数据时核对什么。",
    "An error makes the input unusable; a warning travels with the result.": "错误"
    "使数据不可用；提示随结果一起列出。",
    "| id | severity | 应当 | expected |": "| 代码 | 级别 | 应当 | 英文 |",
    "## What cannot be seen": "## 看不出来的情形",
    "A formula that failed or was saved without its result is an error at its cell in "
    ".xlsx and .ods.": ".xlsx 和 .ods 里，出错的公式、没有保存结果的公式，都在其单元格报错。",
    "In an old .xls it is read as a blank, so as unknown and never as zero: what reads "
    "the file gives nothing else, and the format itself writes the same for a result "
    "that is empty text as for one that was never worked out.": "旧的 .xls 里这样的公式"
    "读作空白，即未知，绝不当作零：读取库给不出更多；何况这种格式里，结果为空文本与从未"
    "计算过，写法相同。",
    "| error |": "| 错误 |",
    "| warning |": "| 提示 |",
}
"""The sentences of docs/make_input_pages.py, whose tables are in both languages."""

_REASON = re.compile(r"\| ([^|]*[^\x00-\x7f])\. ([^|]*) \|$", re.MULTILINE)
_CHECK = re.compile(r"^(\|[^|]*\|[^|]*\|)([^|]*)\|([^|]*)\|$", re.MULTILINE)


def _in_one_language(page: str, text: str, lang: str) -> str:
    """Leave the words of one language of a page that is kept in both."""
    if page == "benchmarks":
        return benchmarks_in(text, lang)
    if lang == "zh":
        for english, said in INPUT_WORDS.items():
            text = text.replace(english, said)
    text = _REASON.sub(r"| \1 |" if lang == "zh" else r"| \2 |", text)
    if page == "checks":
        text = _CHECK.sub(r"\1\2|" if lang == "zh" else r"\1\3|", text)
    return text


def _dictionary() -> Path:
    from eduequity._facade import installed

    path = DOCS.parent / "build" / "docs" / "glossary.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{term} 100000 n\n" for term in terms(installed()))
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _setup(app: Sphinx, lang: str) -> dict[str, bool]:
    from sphinx.search import languages

    languages["zh"] = SearchGlossary
    app.connect("autodoc-process-docstring", _as_written, priority=600)
    app.connect("config-inited", lambda app, _config: _write(Path(app.srcdir), lang))
    if lang == "zh":
        app.connect("doctree-read", _close_up)
        app.connect("autodoc-process-docstring", _in_chinese_first, priority=700)
    app.connect("html-page-context", lambda *given: _switch(lang, *given))
    return {"parallel_read_safe": True}


_POINT = "[，。；：、！？]"
_WIDE = "[\u3000-\u303f\u3400-\u9fff\uff00-\uffef“”‘’…]"


def _close_up(_app: Sphinx, doctree: Any) -> None:
    """Join the lines of a Chinese paragraph: between its words stands no space."""
    from docutils import nodes

    for text in list(doctree.findall(nodes.Text)):
        if "\n" not in text or isinstance(text.parent, nodes.literal_block):
            continue
        place = text.parent.index(text)
        beside = text.parent.children
        before = beside[place - 1].astext()[-1:] if place else ""
        after = beside[place + 1].astext()[:1] if place + 1 < len(beside) else ""
        near = f"{before}{text}{after}"
        joined = re.sub(rf"(?<={_WIDE})\n(?={_WIDE})|(?<={_POINT})\n", "", near)
        own = joined[len(before) : len(joined) - len(after)]
        if own != text:
            text.parent.replace(text, nodes.Text(own))


def _as_written(
    _app: Sphinx, what: str, _name: str, made: Any, _options: Any, lines: list[str]
) -> None:
    """Leave a property's text alone: Napoleon reads a type before a colon."""
    if what == "property":
        lines[:] = [*(inspect.getdoc(made) or "").splitlines(), ""]


def _in_chinese_first(
    _app: Sphinx, _what: str, name: str, _made: Any, _options: Any, lines: list[str]
) -> None:
    """Put the line in Chinese above the docstring of a public name."""
    said = chinese(*name.rsplit(".", 1)) if "." in name else ""
    if said:
        lines[:0] = [said.replace("`", "``"), ""]


def _write(folder: Path, lang: str) -> None:
    """Write the made pages beside the written ones; git ignores them."""
    from making import pictures

    for each in pictures.make(lang, folder / "pictures"):
        sys.stderr.write(f"picture left out: {lang} {each}\n")
    kept = {folder / name for name in from_english("zh")} if lang == "zh" else set()
    for name, text in made_pages(lang):
        path = folder / name
        kept.add(path)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in ("reference", "regulations", "explanation/decisions"):
        for path in (folder / name).glob("*.*"):
            if path not in kept:
                path.unlink()


def _switch(
    lang: str,
    _app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: Any,
) -> None:
    """Put a link to the same page in the other language on every page."""
    other, name = OTHER[lang]
    depth = "../" * (page.count("/") + 1)
    context["other_language"] = (f"{depth}{other}/{page}.html", name, other)
