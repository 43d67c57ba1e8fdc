"""
The pictures of the site, made by the build from real runs; none of them is kept in git.

To add one: a line in `PICTURES`, then on the Chinese and on the English page
``![what is to be seen](/pictures/NAME)``, with the words in the page's language. Every
picture starts from a page that is followed to the letter (`making.follow`) in a folder
of its own, so it shows what a reader of that page gets; `made` is one more command run
there. Kinds: `Terminal` (what a command prints), `Screen` (a page in Chromium), `Cells`
(a sheet of a workbook), `Paper` (the first page of a document), `Inside` (a plot that
the library put into a document) and `Drawing` (a plot of our own, of the library's
numbers).

``python docs/making/pictures.py zh FOLDER [NAME…]`` makes some of them to look at.

What a machine has no program for is replaced by a picture that says so and named on
stderr; with ``EDUEQUITY_PICTURES=required`` the build fails instead, as in ``.ci/run``.
With ``EDUEQUITY_PICTURES=keep`` a picture that is there already is not made again: for
a writer who builds the site over and over.
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from eduequity.vocab import Text


if TYPE_CHECKING:
    from playwright.sync_api import Browser

DOCS = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(DOCS))

from making.follow import follow  # noqa: E402


__all__ = ["HOW", "PICTURES", "MissingProgramError", "make", "terminal"]

HOW = "EDUEQUITY_PICTURES"
"""The variable of the environment: ``required`` or ``keep``."""

_COLUMNS = 80
_PATIENCE = 180_000  # milliseconds, on a machine that has much else to do
_FIRST, _BOOK = "tutorials/first-assessment", "tutorials/workbook-to-report"
_ASKED = "how-to/explain-to-inspector"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class MissingProgramError(RuntimeError):
    """A picture cannot be made on this machine."""


class Studio:
    """Where the pictures of one language are made: folders, and a browser if asked."""

    def __init__(self, lang: str, exits: ExitStack) -> None:
        self.lang = lang
        self._exits = exits
        self._ran: set[tuple[str, str]] = set()
        self._folders: dict[str, Path] = {}

    def folder(self, page: str) -> Path:
        """Follow a page, once, and return the folder that it leaves."""
        if page not in self._folders:
            folder = Path(self._exits.enter_context(tempfile.TemporaryDirectory()))
            follow(DOCS / self.lang / f"{page}.md", folder)
            self._folders[page] = folder
        return self._folders[page]

    def file(self, page: str, made: Text | None, name: Text) -> Path:
        """Return a file that a page leaves, or that one more command makes there."""
        folder = self.folder(page)
        command = made.get(self.lang) if made else ""
        if command and (page, command) not in self._ran:
            run(command, folder)
            self._ran.add((page, command))
        return folder / name.get(self.lang)

    @functools.cached_property
    def browser(self) -> Browser:
        """Chromium, started when first asked for."""
        from playwright.sync_api import sync_playwright

        program = _program(*_BROWSERS)
        started = self._exits.enter_context(sync_playwright())
        browser = started.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--font-render-hinting=none"],
            timeout=_PATIENCE,
        )
        self._exits.callback(browser.close)
        return browser

    def pages_of(self, path: Path) -> Path:
        """Print a workbook or a document to PDF with LibreOffice."""
        office = _program("soffice", "libreoffice")
        profile = f"-env:UserInstallation=file://{self._profile}"
        words = [office, profile, "--headless", "--convert-to", "pdf"]
        done = subprocess.run(  # noqa: S603 - our own file
            [*words, "--outdir", str(path.parent), str(path)],
            check=False,
            capture_output=True,
            text=True,
        )
        made = path.with_suffix(".pdf")
        if not made.is_file():
            raise RuntimeError(f"{path.name}: no PDF\n{done.stdout}{done.stderr}")
        return made

    @functools.cached_property
    def _profile(self) -> str:
        return self._exits.enter_context(tempfile.TemporaryDirectory())


class Picture(Protocol):
    """A kind of picture: writes itself to *target*."""

    def shoot(self, studio: Studio, target: Path) -> None:
        """Make the picture."""


def run(command: str, folder: Path) -> str:
    """Run a command of ours there as on a terminal; a status above 3 is an error."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", *shlex.split(command)],
        cwd=folder,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={
            **{k: v for k, v in os.environ.items() if k != "NO_COLOR"},
            "COLUMNS": str(_COLUMNS),
            "FORCE_COLOR": "1",
            "PYTHONUTF8": "1",
            "TERM": "xterm-256color",
        },
    )
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"$ {command}\n{done.stdout}{done.stderr}")
    return done.stdout


def _program(*names: str) -> str:
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    raise MissingProgramError(names[0])


# -- the terminal ----------------------------------------------------------------------


class Terminal(NamedTuple):
    """What a command prints, in its colours; beyond *lines* it is cut off."""

    page: str
    command: Text
    lines: int

    def shoot(self, studio: Studio, target: Path) -> None:
        """Draw the lines as SVG."""
        command = self.command.get(studio.lang)
        said = run(command, studio.folder(self.page)).rstrip("\n").split("\n")
        shown = [*said[: self.lines], *(["…"] if len(said) > self.lines else [])]
        target.write_text(terminal(command, "\n".join(shown)), encoding="utf-8")


_FONTS = (
    "ui-monospace,'Cascadia Mono',Consolas,Menlo,'DejaVu Sans Mono',"
    "'Noto Sans Mono CJK SC','Noto Sans CJK SC','Microsoft YaHei','PingFang SC',monospace"
)
_FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    ' width="{width}" height="{height}" xml:lang="zh-CN"><style>'
    ".{unique_id}-matrix{{font-family:"
    + _FONTS
    + ";font-size:{char_height}px;line-height:{line_height}px}}{styles}</style>"
    '<defs><clipPath id="{unique_id}-clip-terminal">'
    '<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>'
    "</clipPath>{lines}</defs>{chrome}"
    '<g transform="translate({terminal_x},{terminal_y})"'
    ' clip-path="url(#{unique_id}-clip-terminal)">'
    '{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g></svg>\n'
)
_WORDS = re.compile(
    r'<text class="([^"]*)" x="([^"]*)" y="([^"]*)" textLength="[^"]*"'
    r' clip-path="([^"]*)">(.*?)</text>'
)
_CELL = 12.2


def terminal(command: str, said: str) -> str:
    """
    Return a terminal as SVG, every character in its own cells.

    rich gives a run of Chinese half the room it needs (it counts characters, not
    cells) and asks a font of the network; here each run of equally wide characters
    has its place, and the fonts are the reader's.
    """
    from rich.console import Console
    from rich.text import Text as Rich

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere, highlight=False)
        prompt = Rich.assemble(("$ ", "bold green"), (command, "bold"))
        console.print(prompt, soft_wrap=False)
        console.print(Rich.from_ansi(said))
        drawn = console.export_svg(
            title="", code_format=_FRAME, font_aspect_ratio=_CELL / 20
        )
    return _WORDS.sub(_in_cells, drawn)


def _in_cells(match: re.Match[str]) -> str:
    kind, left, top, clip, words = match.groups()
    from rich.cells import cell_len

    at, parts = float(left), []
    text = html.unescape(words).replace("\xa0", " ")
    for (wide, plain), run_ in groupby(text, lambda c: (cell_len(c), c.isascii())):
        same = "".join(run_)
        room = _CELL * wide * len(same)
        fit = "" if plain else ' lengthAdjust="spacingAndGlyphs"'
        if same.strip():
            shown = html.escape(same).replace(" ", "&#160;")
            parts.append(
                f'<text class="{kind}" x="{at:g}" y="{top}" textLength="{room:g}"'
                f'{fit} clip-path="{clip}">{shown}</text>'
            )
        at += room
    return "".join(parts)


# -- pages, sheets, documents ----------------------------------------------------------


class Screen(NamedTuple):
    """A report in Chromium; *click* what is clicked first, *show* what then comes."""

    page: str
    made: Text | None
    file: Text
    high: int = 760
    click: str = ""
    show: str = ""

    def shoot(self, studio: Studio, target: Path) -> None:
        """Open the page, do what a reader does, take the picture."""
        path = studio.file(self.page, self.made, self.file)
        shown = studio.browser.new_page(
            viewport={"width": 1100, "height": self.high},
            device_scale_factor=1.5,
            color_scheme="light",
            reduced_motion="reduce",
        )
        shown.set_default_timeout(_PATIENCE)
        shown.goto(path.as_uri())
        shown.click(f"[data-set={studio.lang}]")
        if self.click:
            shown.click(self.click)
        seen = shown.locator(self.show).first if self.show else None
        if seen:
            seen.wait_for()
        shown.mouse.move(0, 0)  # nothing under it is lit
        (seen or shown).screenshot(path=target, animations="disabled")
        shown.close()


class Cells(NamedTuple):
    """Rows of a sheet, with its letters and numbers; of its columns those of *kept*."""

    page: str
    file: Text
    sheet: Text
    last: int
    kept: tuple[str, ...] = ()
    made: Text | None = None
    first: int = 1

    def shoot(self, studio: Studio, target: Path) -> None:
        """Print the sheet of a copy and cut the paper off."""
        import openpyxl
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        path = studio.file(self.page, self.made, self.file)
        book = openpyxl.load_workbook(path)
        for each in book.sheetnames:
            if each != self.sheet.get(studio.lang):
                del book[each]
        (sheet,) = book.worksheets
        last = min(self.last, sheet.max_row)
        for number, column in enumerate(sheet.iter_cols(), 1):
            if self.kept and not any(str(cell.value) in self.kept for cell in column):
                letter = get_column_letter(number)
                sheet.column_dimensions[letter].min = number
                sheet.column_dimensions[letter].max = number
                sheet.column_dimensions[letter].hidden = True
        sheet.print_title_rows = sheet.print_title_cols = None
        sheet.print_area = f"A{self.first}:{get_column_letter(sheet.max_column)}{last}"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1
        sheet.print_options.gridLines = sheet.print_options.headings = True
        sheet.oddFooter.center.text = sheet.oddHeader.center.text = ""
        copy = path.with_name(f"{target.stem}-copy.xlsx")
        book.save(copy)
        _first_page(studio, copy, target, dots=200)


class Paper(NamedTuple):
    """The first page of a document, as it prints."""

    page: str
    file: Text
    made: Text | None = None

    def shoot(self, studio: Studio, target: Path) -> None:
        """Print the document and cut the paper off."""
        path = studio.file(self.page, self.made, self.file)
        _first_page(studio, path, target, dots=120)


def _first_page(studio: Studio, path: Path, target: Path, *, dots: int) -> None:
    from PIL import Image, ImageChops

    draw, pdf = _program("pdftoppm"), studio.pages_of(path)
    words = ["-png", "-r", str(dots), "-singlefile", str(pdf)]
    subprocess.run(  # noqa: S603 - our own file
        [draw, *words, str(target.with_suffix(""))], check=True
    )
    with Image.open(target) as opened:
        whole = opened.convert("RGB")
    paper = Image.new("RGB", whole.size, "white")
    box = ImageChops.difference(whole, paper).getbbox()
    if box is None:
        raise RuntimeError(f"{target.name}: an empty page")
    left, top, right, foot = box
    whole.crop((left - 12, top - 12, right + 12, foot + 12)).save(target)


class Inside(NamedTuple):
    """The plot of an indicator that the library drew into a document."""

    page: str
    made: Text
    file: Text
    label: Text

    def shoot(self, studio: Studio, target: Path) -> None:
        """Take the plot out of the document by its description."""
        path = studio.file(self.page, self.made, self.file)
        label = self.label.get(studio.lang)
        with zipfile.ZipFile(path) as book:
            body = book.read("word/document.xml").decode()
            named = book.read("word/_rels/document.xml.rels").decode()
            found = re.search(
                rf'descr="{re.escape(html.escape(label))}.*?r:embed="(\w+)"', body
            )
            if found is None:
                raise RuntimeError(f"{path.name}: no plot of {label}")
            place = re.search(
                rf'<Relationship [^>]*Id="{found[1]}"[^>]*Target="([^"]+)"', named
            ) or re.search(
                rf'<Relationship [^>]*Target="([^"]+)"[^>]*Id="{found[1]}"', named
            )
            assert place is not None
            target.write_bytes(book.read(f"word/{place[1]}"))


class Plotted(NamedTuple):
    """What `eduequity.plot` draws of the demo's county, judged once more in *made*."""

    made: Callable[[Any], Any]

    def shoot(self, studio: Studio, target: Path) -> None:
        """Judge the data that the first tutorial saves, and draw."""
        import matplotlib as mpl

        import eduequity as ee
        from eduequity.report._plots import chinese_font

        if chinese_font() is None:
            raise MissingProgramError("fonts-noto-cjk")
        facts = ee.read(studio.file(_FIRST, None, Text("示例县", "county")))
        result = ee.evaluate(facts, on=dt.date(2024, 12, 31))
        with mpl.rc_context({"svg.hashsalt": target.name}):
            ee.plot(self.made(result), target, lang=studio.lang)


def backbone_teachers_moved(result: Any) -> Any:
    """Move the backbone teachers of one school, watch their coefficient."""
    import eduequity as ee

    cell = "9999010001/primary.backbone_teachers"
    watched = ":resources.cv_backbone_teachers@999901#primary"
    return ee.sweep(result, cell, range(56, 73, 4), finding=watched)


# -- plots of our own ------------------------------------------------------------------


class Drawing(NamedTuple):
    """A plot drawn with matplotlib; text becomes outlines, so Chinese always shows."""

    draw: Callable[[Any, str], None]
    wide: float = 7.2
    high: float = 3.2

    def shoot(self, studio: Studio, target: Path) -> None:
        """Draw, and write the same bytes every time."""
        import matplotlib as mpl
        from matplotlib.figure import Figure

        with mpl.rc_context({"svg.hashsalt": target.name, **_lettering()}):
            figure = Figure(figsize=(self.wide, self.high), layout="constrained")
            self.draw(figure, studio.lang)
            figure.savefig(target, format="svg", metadata={"Date": None})


def _lettering() -> dict[str, Any]:
    from matplotlib import font_manager

    from eduequity.report._plots import chinese_font

    path = chinese_font()
    if path is None:
        raise MissingProgramError("fonts-noto-cjk")
    font_manager.fontManager.addfont(path)
    name = font_manager.FontProperties(fname=path).get_name()
    return {"font.family": [name], "font.size": 9, "svg.fonttype": "path"}


_ABOVE: Mapping[str, Any] = {"textcoords": "offset points", "ha": "center"}

FIVE_SCHOOLS = {"pupils": (45, 37, 89, 76, 55), "books": (279, 137, 935, 160, 402)}
"""The worked example published in 教督〔2012〕3号, as on the page why-weighted."""


def weighted_or_not(figure: Any, lang: str) -> None:
    """Draw the five schools with both means, and both coefficients at the limit."""
    from eduequity.measures import coefficient_of_variation as coefficient

    zh = lang == "zh"
    pupils, books = FIVE_SCHOOLS["pupils"], FIVE_SCHOOLS["books"]
    each = [b / p for b, p in zip(books, pupils, strict=True)]
    schools, sizes = figure.subplots(1, 2, width_ratios=(2, 1.1))
    schools.scatter(each, pupils, s=[5 * p for p in pupils], color="#2F6B9A", alpha=0.6)
    ways = (
        (sum(books) / sum(pupils), "-", "#2F6B9A", "加权平均" if zh else "weighted"),
        (sum(each) / len(each), ":", "#777777", "简单平均" if zh else "unweighted"),
    )
    for mean, dash, colour, said in ways:
        schools.axvline(mean, linestyle=dash, color=colour, label=f"{said} {mean:.2f}")
    schools.set_xlim(0, 12)
    schools.set_ylim(20, 105)
    schools.set_xlabel("生均图书（册）" if zh else "books per pupil")
    schools.set_ylabel("在校生数" if zh else "pupils")
    schools.legend(title="平均数" if zh else "mean", frameon=False, loc="upper left")
    found = (float(coefficient(each, pupils)), float(coefficient(each, None)))
    names = ("加权", "不加权") if zh else ("weighted", "unweighted")
    sizes.scatter(names, found, s=60, color=["#2F6B9A", "#777777"], zorder=3)
    for name, value in zip(names, found, strict=True):
        sizes.annotate(f"{value:.4f}", (name, value), (0, 8), **_ABOVE)
    limit = 0.50
    said = f"小学限值 {limit:.2f}" if zh else f"limit (primary) {limit:.2f}"
    sizes.axhline(limit, color="#A31515", label=said)
    sizes.margins(x=0.5)
    sizes.set_ylim(0.475, 0.53)
    sizes.set_title("差异系数" if zh else "coefficient of variation", fontsize=9)
    sizes.legend(frameon=False, loc="upper right")
    for axes in (schools, sizes):
        axes.spines[["top", "right"]].set_visible(False)


_EVALUATE = Text(
    "eduequity evaluate 示例县 --on 2024-12-31",
    "eduequity evaluate county --on 2024-12-31 --lang en",
)
_WRITE = Text(
    "eduequity evaluate 示例县 --on 2024-12-31 --out 报告.html --out 自评报告.docx",
    "eduequity evaluate county --on 2024-12-31 --lang en --out report.html --out self-report.docx",
)
_REPORT = Text("报告.html", "report.html")

_COMPARED, _LEDGER = "how-to/compare-years", "how-to/ledger"
_COSTS = (
    "--seconds 120 --cost above_degree_teachers=90000 --cost backbone_teachers=120000 "
    "--cost pe_arts_teachers=90000 --cost multimedia_classrooms=30000 "
    "--cost teaching_area=2500 --cost outdoor_sports_area=600 --cost rotate=6000"
)
"""As on the page from-verdict-to-plan, which plans for the same county."""
_PLAN = Text(
    f"eduequity plan 示例县 --on 2024-12-31 {_COSTS} --out 方案.html",
    f"eduequity plan county --on 2024-12-31 --lang en {_COSTS} --out plan.html",
)
_GROWTH = "--growth primary=-0.04..0 --growth junior=-0.02..0.02"
_PROJECT = Text(
    f"eduequity project 示例县 --on 2024-12-31 {_GROWTH} --out 预测.html",
    f"eduequity project county --on 2024-12-31 --lang en {_GROWTH} --out projection.html",
)
_OF_AN_ITEM = (
    *("对象", "问题条目", "现状与要求", "差距", "责任部门", "完成时限", "整改进展"),
    *("状态", "Whose", "Rule", "Found and asked", "Gap", "Department"),
    *("Deadline", "Progress", "Status"),
)

PICTURES: Mapping[str, Picture] = {
    "evaluate.svg": Terminal(_FIRST, _EVALUATE, 36),
    "report.png": Screen(_FIRST, _WRITE, _REPORT),
    "calculation.png": Screen(
        _FIRST,
        _WRITE,
        _REPORT,
        click=".cells td.near >> nth=0",
        show="dialog:has(details[open] .calc)",
    ),
    "spread.png": Inside(
        _FIRST,
        _WRITE,
        Text("自评报告.docx", "self-report.docx"),
        Text(
            "每百名学生拥有县级以上骨干教师数",
            "Backbone teachers (county level or above) per 100 pupils",
        ),
    ),
    "problems.png": Cells(
        _BOOK, Text("标注.xlsx", "marked.xlsx"), Text("问题清单", "Problems"), 12
    ),
    "marked.png": Cells(
        _BOOK,
        Text("标注.xlsx", "marked.xlsx"),
        Text("学校", "学校"),
        9,
        kept=(
            "学校代码",
            "学校名称",
            "小学在校生数（人）",
            "小学班级数（个）",
            "小学最大班额（人）",
            "小学专任教师数（人）",
            "小学高于规定学历教师数（人）",
        ),
    ),
    "overview.png": Cells(
        _BOOK,
        Text("申报表.xlsx", "forms.xlsx"),
        Text("概览", "Overview"),
        22,
    ),
    "county-report.png": Screen(_BOOK, None, _REPORT, high=640),
    "notice.png": Paper(_ASKED, Text("告知单.docx", "notice.docx")),
    "sweep.svg": Plotted(backbone_teachers_moved),
    "weighted.svg": Drawing(weighted_or_not),
    "plan.png": Screen(_FIRST, _PLAN, Text("方案.html", "plan.html"), high=1040),
    "projection.png": Screen(
        _FIRST, _PROJECT, Text("预测.html", "projection.html"), high=830
    ),
    "comparison.png": Screen(
        _COMPARED, None, Text("对照.html", "comparison.html"), high=860
    ),
    "ledger.png": Cells(
        _LEDGER,
        Text("台账-2.xlsx", "ledger-2.xlsx"),
        Text("整改台账", "Ledger"),
        10,
        kept=_OF_AN_ITEM,
        first=4,
    ),
}
"""Every picture by the name under which pages show it."""


def make(lang: str, folder: Path, names: Sequence[str] = ()) -> list[str]:
    """
    Make the pictures of a language in *folder*; return what was left out, and why.

    Raises:
        MissingProgramError: A program is missing and every picture is required.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left_out, asked = [], os.environ.get(HOW, "")
    with _studio(lang) as studio:
        for name in names or PICTURES:
            if asked == "keep" and (folder / name).is_file():
                continue
            try:
                PICTURES[name].shoot(studio, folder / name)
            except MissingProgramError as error:
                if asked == "required":
                    raise
                left_out.append(f"{name}: {error}")
                _say_missing(folder / name, str(error))
    return left_out


@contextmanager
def _studio(lang: str) -> Iterator[Studio]:
    with ExitStack() as exits:
        yield Studio(lang, exits)


def _say_missing(target: Path, program: str) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 1))
    said = f"This picture was not made: no {program} on this machine"
    figure.text(0.5, 0.5, said, ha="center", va="center", color="#A31515")
    figure.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)


if __name__ == "__main__":
    asked_lang, asked_folder, *asked_names = sys.argv[1:]
    sys.stderr.writelines(
        f"{each}\n" for each in make(asked_lang, Path(asked_folder), asked_names)
    )
