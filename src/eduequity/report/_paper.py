"""
A Word file with styles that a bureau can edit: every paragraph has a named style.

Fonts are those of official documents (仿宋, 宋体, 黑体) with their usual stand-ins;
Latin letters and figures are in Times New Roman.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any

from eduequity.errors import MissingExtraError
from eduequity.report._words import one_line


if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["Paper"]

_LATIN = "Times New Roman"
_STAND_INS = {
    "仿宋": "FangSong,仿宋_GB2312,FangSong_GB2312,Noto Serif CJK SC",
    "宋体": "SimSun,NSimSun,Songti SC,Noto Serif CJK SC",
    "黑体": "SimHei,Heiti SC,Microsoft YaHei,Noto Sans CJK SC",
}
"""The fonts, and what a machine without them may take (fontTable's altName)."""

TABLE, NOTE, WARNING, SIGN = "表格文字", "说明文字", "合成数据提示", "落款"
CONTENTS = "目录行"
_CONTENTS = 'TOC \\h \\z \\t "Title,1,Heading 1,2,Heading 2,3"'
_TABLE_STYLE = "评估表"

_STYLES: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("Normal", "仿宋", 12, {}),
    ("Title", "黑体", 20, {"bold": True}),
    ("Subtitle", "仿宋", 12, {"italic": False}),
    ("Heading 1", "黑体", 15, {"bold": True}),
    ("Heading 2", "黑体", 12.5, {"bold": True}),
    ("Caption", "黑体", 10.5, {"bold": False}),
    ("List Bullet", "仿宋", 12, {}),
    ("Header", "宋体", 9, {}),
    ("Footer", "宋体", 9, {}),
)
_OWN: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    (TABLE, "宋体", 9, {}),
    (NOTE, "宋体", 9, {}),
    (WARNING, "黑体", 11, {"bold": True}),
    (SIGN, "仿宋", 12, {}),
    (CONTENTS, "仿宋", 10.5, {}),
)


class Paper:
    """
    A Word file in the making.

    Args:
        title: For its properties.

        lang: ``zh`` or ``en``.

        day: The day it counts for; written as its date, so that it comes out the same.

        synthetic: Whether the data is made up: every page says so.

        margin: Above and below the text, in centimetres.
    """

    def __init__(
        self,
        title: str,
        *,
        lang: str,
        day: dt.date,
        synthetic: bool,
        margin: float = 2.3,
    ) -> None:
        try:
            import docx
        except ImportError:
            raise MissingExtraError("report", "writing .docx") from None
        self.lang = lang
        self.synthetic = synthetic
        self._contents: Any = None
        self.made: Document = docx.Document()
        properties = self.made.core_properties
        properties.title, properties.author = _text(title)[:200], "eduequity"
        properties.created = properties.modified = dt.datetime.combine(day, dt.time())
        properties.comments = ""
        self._styles()
        self._fonts()
        self._page(margin)

    def say(self, zh: str, en: str) -> str:
        """Return the words in the paper's language."""
        return zh if self.lang == "zh" else en

    def save(self, stream: IO[bytes]) -> None:
        """Write the file into *stream*."""
        if self._contents is not None:
            self._list_contents()
        # Zipped in memory: an archive cut short by a full disk would complain later.
        whole = io.BytesIO()
        self.made.save(whole)
        stream.write(whole.getvalue())

    # -- set-up -----------------------------------------------------------------

    def _styles(self) -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt, RGBColor

        styles = self.made.styles
        for name, _, _, _ in _OWN:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles[
                "Normal"
            ]
        for name, font, size, look in (*_STYLES, *_OWN):
            style: Any = styles[name]
            style.font.size = Pt(size)
            style.font.color.rgb = RGBColor(0, 0, 0)
            for key, value in look.items():
                setattr(style.font, key, value)
            _set_fonts(style, font)
            _no_rule(style)
        normal: Any = styles["Normal"]
        normal.paragraph_format.space_after = Pt(4)
        normal.paragraph_format.line_spacing = 1.25
        for name in (TABLE, NOTE, CONTENTS):
            own: Any = styles[name]
            own.paragraph_format.space_after = Pt(0)
            own.paragraph_format.line_spacing = 1.0
        for name in ("Title", "Subtitle", "Caption", WARNING):
            centred: Any = styles[name]
            centred.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        warning: Any = styles[WARNING]
        warning.font.color.rgb = RGBColor(0xA3, 0x15, 0x15)
        caption: Any = styles["Caption"]
        caption.paragraph_format.keep_with_next = True
        table: Any = styles.add_style(_TABLE_STYLE, WD_STYLE_TYPE.TABLE)
        table.base_style = styles["Table Grid"]

    def _fonts(self) -> None:
        """Name stand-ins for fonts, and Chinese as the language of Chinese text."""
        from docx.opc.oxml import serialize_part_xml
        from docx.oxml.ns import qn
        from docx.oxml.parser import parse_xml

        element: Any = self.made.styles.element
        for lang in element.iter(qn("w:lang")):
            lang.set(qn("w:eastAsia"), "zh-CN")
        package: Any = self.made.part.package
        for part in package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                table = parse_xml(part.blob)
                for name, others in _STAND_INS.items():
                    table.append(_declared(name, others))
                part._blob = serialize_part_xml(table)  # noqa: SLF001 - python-docx has no other way

    def _page(self, margin: float) -> None:
        from docx.shared import Cm

        section = self.made.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(margin)
        footer = section.footer.paragraphs[0]
        footer.alignment = 1
        _field(footer, "PAGE")
        if self.synthetic:
            section.header.paragraphs[0].text = self.synthetic_notice()

    def synthetic_notice(self) -> str:
        """Say that the data is made up."""
        return self.say(
            "合成数据（synthetic）：全部是编造的，不代表任何真实的县和学校",
            "Synthetic data (合成数据): all invented, no real county or school",
        )

    # -- content ----------------------------------------------------------------

    def title(self, words: str, *under: str) -> None:
        """Write the title, what stands under it, and the notice of made-up data."""
        self.made.add_paragraph(_text(words), style="Title")
        for each in under:
            self.made.add_paragraph(_text(each), style="Subtitle")
        if self.synthetic:
            self.made.add_paragraph(self.synthetic_notice(), style=WARNING)

    def contents(self) -> None:
        """Leave room for the table of contents, which `save` fills in."""
        self.text(self.say("目录", "Contents"), "Subtitle")
        self._contents = self.made.add_paragraph(style=CONTENTS)

    def _list_contents(self) -> None:
        """
        Put a field there that lists the titles and headings there are.

        Word puts the page numbers in when it opens the file, or when asked to update.
        """
        levels = {"Title": 1, "Heading 1": 2, "Heading 2": 3}
        listed = [
            (levels[each.style.name], each.text)
            for each in self.made.paragraphs
            if each.style is not None and each.style.name in levels
        ]
        rows = [
            self._contents.insert_paragraph_before(
                "\u3000" * (level - 1) + words, style=CONTENTS
            )
            for level, words in listed
        ]
        ends = [*rows, self._contents]
        _field_of(ends[0], ends[-1], _CONTENTS)

    def heading(self, words: str, level: int = 1) -> None:
        """Write a heading."""
        self.made.add_heading(_text(words), level)

    def text(self, words: str, style: str = "Normal") -> None:
        """Write a paragraph."""
        self.made.add_paragraph(_text(words), style=style)

    def bullets(self, lines: Iterable[str]) -> None:
        """Write a list."""
        for each in lines:
            self.text(each, "List Bullet")

    def caption(self, words: str) -> None:
        """Write the caption of what follows."""
        self.text(words, "Caption")

    def table(
        self,
        heads: Sequence[str],
        rows: Iterable[Sequence[str]],
        widths: Sequence[float],
    ) -> None:
        """
        Write a table; its head is repeated on every page.

        Args:
            heads: The headings.

            rows: The cells.

            widths: Of the columns, in centimetres.
        """
        from docx.shared import Cm

        rows = list(rows)
        table = self.made.add_table(rows=0, cols=len(heads), style=_TABLE_STYLE)
        table.autofit = False
        plain = self.made.styles[TABLE].style_id
        for number, cells in enumerate([heads, *rows]):
            row = table.add_row()
            _whole_row(row, head=number == 0)
            for cell, words, width in zip(row.cells, cells, widths, strict=True):
                cell.width = Cm(width)
                paragraph = cell.paragraphs[0]
                paragraph._p.style = plain  # noqa: SLF001 - by its name takes twice as long
                paragraph.add_run(_text(words)).bold = True if number == 0 else None
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Cm(width)
        self.made.add_paragraph(style=NOTE)

    def picture(self, png: bytes, words: str, *, width: float = 16.0) -> None:
        """Show a picture of *width* centimetres; *words* stand in for those unseen."""
        from docx.oxml.ns import qn
        from docx.shared import Cm

        shape = self.made.add_picture(io.BytesIO(png), width=Cm(width))
        inline: Any = shape._inline  # noqa: SLF001 - python-docx has no other way
        for each in inline.iter(qn("wp:docPr")):
            each.set("descr", _text(words))

    def turn(self) -> None:
        """Go on with a new page, lying after standing or standing after lying."""
        from docx.enum.section import WD_ORIENT, WD_SECTION

        section = self.made.add_section(WD_SECTION.NEW_PAGE)
        high, wide = section.page_width, section.page_height
        section.page_width, section.page_height = wide, high
        lying = section.orientation == WD_ORIENT.LANDSCAPE
        section.orientation = WD_ORIENT.PORTRAIT if lying else WD_ORIENT.LANDSCAPE


def _text(words: str) -> str:
    return one_line(words)


def _set_fonts(style: Any, east: str) -> None:
    """Set the Chinese and the Latin font, over those of the theme."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in tuple(fonts.attrib):
        del fonts.attrib[key]
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), _LATIN)
    fonts.set(qn("w:eastAsia"), east)


def _no_rule(style: Any) -> None:
    """Drop the line that the template draws under a title."""
    from docx.oxml.ns import qn

    for border in list(style.element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def _declared(name: str, others: str) -> Any:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    font: Any = OxmlElement("w:font")
    font.set(qn("w:name"), name)
    for tag, value in (("w:altName", others), ("w:charset", "86")):
        child: Any = OxmlElement(tag)
        child.set(qn("w:val"), value)
        font.append(child)
    return font


def _field(paragraph: Any, name: str) -> None:
    """Put a field, such as the page's number, into a paragraph."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    field: Any = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no other way


def _field_of(first: Any, last: Any, instruction: str) -> None:
    """Make the paragraphs from *first* to *last* what a field has come to."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    def part(kind: str) -> Any:
        run: Any = OxmlElement("w:r")
        mark: Any = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        if kind == "begin":
            mark.set(qn("w:dirty"), "true")  # Word works it out on opening
        run.append(mark)
        return run

    told: Any = OxmlElement("w:r")
    words: Any = OxmlElement("w:instrText")
    words.text = instruction
    told.append(words)
    before = len(first._p.xpath("./w:pPr"))  # noqa: SLF001 - no other way
    for each in (part("separate"), told, part("begin")):
        first._p.insert(before, each)  # noqa: SLF001
    last._p.append(part("end"))  # noqa: SLF001


def _whole_row(row: Any, *, head: bool) -> None:
    """Keep a row on one page; repeat it on every page if it is the head."""
    from docx.oxml.parser import OxmlElement

    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
