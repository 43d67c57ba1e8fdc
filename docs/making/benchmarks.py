"""
The page of the benchmarks in one language.

``benchmarks/run.py`` writes docs/reference/benchmarks.md once for both; here its Chinese
opening is left out on the English site, and everything else is said in Chinese on the
Chinese one. A test fails when a sentence or a label stays English there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable


__all__ = ["TRANSLATED", "benchmarks_in", "digest"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")

OPENING = """\
每轮依次计时各家；比值取各轮比值的中位数，“历时”是经过的时间，“CPU”是全部线程占用处理器的时间。
机器上还有别的工作时，后者更稳：用多线程的一方要等处理器空闲。
任何真实的学校都不在其中：数据是在限值上下随机生成的。
"""

SAME_WORK = """\
## 哪些是同样的工作，哪些不是

- **手写的 Polars、DuckDB、pandas**：由已按各自内存格式放好的学段单位列，算出各县的七项指标、七项中六项达标和十四个差异系数，空白照样处理。
  答案须与 eduequity 相同（差异系数到 1e-9），才开始计时。
  eduequity 计时的是整个评估项目：全部规则、注明日期的限值、各级结论。
  手写的查询不知道限值出自哪一条，也说不出理由。
- **Polars 一遍**：以两个矩之差求方差，学校相近时丢失精度；eduequity 和其他各家都算两遍。
- **OpenFisca** 做得少些：七项指标、谁差哪项、七项中六项达标；没有差异系数。
  它没有空白，数是 32 位的，恰在线上的学段单位会判错；表中写明计数相差多少。
  建立模拟的时间计算在内，因为它的使用者每份输入都要建一次；规则事先建好，与 eduequity 相同。
- **pandera** 做得更少：把算好的指标交给它，只检查限值。空白算通过。
- **calamine、Polars 自己的读取、手写的分组汇总**只搬数据：不检查单元格，不认识别的写法，也不查没有登记的学校。
  它们是衡量读取至少要多少时间的尺子。
- **内存峰值**是单独一个进程的峰值，不含输入的列。
"""

WORDS = {
    "# Benchmarks": "# 基准测试",
    "## Targets": "## 目标",
    "## Evaluation of a larger nation": "## 更大的全国",
    "## Evaluation: ": "## 评估：",
    "## Peak memory of evaluation, over the columns": "## 评估的内存峰值（不含列）",
    "## Provinces' law (synthetic packs)": "## 各省规定（合成的规则包）",
    "## Frames: ": "## 数据框：",
    "## Records: peak memory": "## 名册：内存峰值",
    "## Records: ": "## 名册：",
    "teachers to sections": "教师汇总到学段单位",
    "## A county workbook of ": "## 一个县的工作簿：",
    "A county workbook of ": "一个县的工作簿：",
    "## HTML report": "## HTML 报告",
    "## Starting, in processes of their own": "## 启动（各用一个进程）",
    "## The demo county": "## 示例县",
    "which eduequity judges on one, Polars and DuckDB on all": (
        "eduequity 用一个，Polars 和 DuckDB 用全部"
    ),
    "2 processors, of eduequity": "2 个处理器，其中 eduequity",
    "load at the start (other work on the machine)": "开始时的负载（机器上的其他工作）",
    "every school and teacher is synthetic": "学校和教师全是合成的",
    "evaluation of ": "评估 ",
    "peak memory of evaluation / bytes of columns": "评估的内存峰值 ÷ 列的字节数",
    "evaluation with provinces / the nation's law alone": "含各省规定 ÷ 只有国家规定",
    "evaluation / ": "评估 ÷ ",
    "the faster, ": "较快的 ",
    "facts from the Polars frame": "由 Polars 数据框建列",
    "facts from the Parquet": "由 Parquet 建列",
    "Polars' read": "Polars 自己的读取",
    "Polars reads the Parquet": "Polars 读 Parquet",
    "group-by by hand": "手写的分组汇总",
    "calamine's own time": "calamine 自己的时间",
    "import / import of its dependencies": "导入 ÷ 导入其依赖",
    "finding and loading installed packs": "查找并加载已安装的规则包",
    "evaluate / read, of the demo county": "示例县：评估 ÷ 读入",
    "eduequity, whole programme": "eduequity 整个评估项目",
    "part of it: its counts differ by": "只做一部分：计数相差",
    ", part of it": "，只做一部分",
    " in all": " 个",
    "two passes": "两遍",
    "one pass": "一遍",
    "eduequity judges 59 rules, the queries by hand the seven indicators, the quorum and "
    "the coefficients": "eduequity 判定 59 条规则，手写的查询只算七项指标、六项达标和差异系数",
    "all queries by hand agree": "手写的查询结果一致",
    "misses": "次未达到",
    "sections fail the quorum": "个学段单位不足六项",
    "pass it": "个达到",
    "resident: the rise of the high-water mark during the first run": (
        "resident：第一次运行期间常驻内存峰值的增加"
    ),
    "traced: what numpy says it allocates (tracemalloc)": (
        "traced：numpy 自报的分配（tracemalloc）"
    ),
    "times the columns": "为列的几倍",
    "the nation's law alone": "只有国家规定",
    "with 31 provinces'": "含 31 个省的规定",
    "rules on them": "条规则",
    "by hand": "手写",
    "read and checked": "读入并检查",
    "index of ": "索引页：",
    "one of them on demand": "其中一个县，随时另写",
    "packs of ": "个规则包，来自 ",
    "distributions are installed": "个发行包",
    "read the demo county": "读入示例县",
    "evaluate it": "评估",
    "wall ms": "历时 ms",
    "least ms": "最短 ms",
    "wall ratio": "历时比",
    "CPU ratio": "CPU 比",
    "| ratio |": "| 历时比 |",
    "at most": "上限",
    "NOT kept": "未达到",
    "kept by CPU time alone": "仅按 CPU 时间达到",
    "kept": "达到",
    "counties": "个县",
    "schools": "所学校",
    "sections": "个学段单位",
    "of columns": "的列",
    "cells": "个单元格",
    "processors, of": "个处理器，其中",
    "rounds": "轮",
    "scale 1": "规模 1",
}

TURNED = (
    (
        r"the rows themselves would take (.+?) as a Polars frame",
        r"各行本身作为 Polars 数据框约占 \1",
    ),
    (r"(\d) teachers to sections", r"\1 名教师汇总到学段单位"),
    (r"(\d+) levels below the nation", r"国家以下共 \1 个层级"),
)
POINTS = {", ": "，", "; ": "；", ": ": "："}
TRANSLATED = "d8e2e8b458621325"
"""What stands for the English opening and the section on the work, as translated."""


def digest(text: str) -> str:
    """Return what stands for the English prose of the page."""
    opening, rest = text.split("\n- ", 1)
    work = rest.split("\n## ", 2)[1]
    return hashlib.sha256((opening + work).encode()).hexdigest()[:16]


def benchmarks_in(text: str, lang: str) -> str:
    """Return the page in one language."""
    opening, rest = text.split("\n- ", 1)
    paragraphs = opening.split("\n\n")
    if lang == "en":
        kept = [each for each in paragraphs if not _CHINESE.search(each)]
        return "\n\n".join(kept) + "\n- " + rest
    kept = [
        each for each in paragraphs if each.startswith("#") or _CHINESE.search(each)
    ]
    machine, tables = rest.split("\n## ", 1)
    tables = tables.split("\n## ", 1)[1]
    joined = "\n- ".join(("\n\n".join([*kept, OPENING]), machine))
    tables = _said(f"## {tables}")
    return f"{_said(joined)}\n{SAME_WORK}\n{tables}"


def _said(text: str) -> str:
    for pattern, said in TURNED:
        text = re.sub(pattern, said, text)
    for english, said in _longest_first(WORDS.items()):
        text = text.replace(english, said)
    text = re.sub(r"^(\| .*?) / (.*? \| \d)", r"\1 ÷ \2", text, flags=re.MULTILINE)
    wide = "[\u4e00-\u9fff）]"
    for mark, said in POINTS.items():
        text = re.sub(f"(?<={wide}){mark}|{mark}(?={wide})", said, text)
    return text


def _longest_first(words: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(words, key=lambda pair: -len(pair[0]))
