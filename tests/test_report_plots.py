"""Raster plots: Chinese where a font shows it, English where none does, never boxes."""

from __future__ import annotations

import datetime as dt
import io
import struct
import warnings
from pathlib import Path

import docx
import pytest

import eduequity as ee
from eduequity.errors import MissingFontWarning
from eduequity.report import RENDERERS, _plots
from eduequity.report._plots import Strip, chinese_font, strip_plot
from eduequity.vocab import Stage, Text, Unit


LABEL = Text("生均教学及辅助用房面积", "Teaching area per pupil")
STRIPS = (
    Strip(
        stage=Stage.PRIMARY,
        values=[4.5, 4.0, 3.0],
        met=[True, False, False],
        limit=4.5,
        floor=0.85,
        cv=0.12,
    ),
    Strip(stage=Stage.JUNIOR, values=[6.0], met=[True], limit=5.8, floor=None, cv=None),
)


def drawn(lang: str) -> bytes:
    """Draw the plot, every warning an error (a glyph that a font lacks warns)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return strip_plot(LABEL, Unit.M2_PER_PUPIL, STRIPS, lang)


@pytest.fixture
def no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every font with Chinese off the machine."""
    monkeypatch.setattr(_plots, "chinese_font", lambda: None)


class TestFont:
    """The font is found by its file."""

    def test_likely_files_first(self) -> None:
        """Fonts that print best come first, regular before bold."""
        files = ["/f/wqy-zenhei.ttc", "/f/NotoSansCJK-Bold.ttc", "/f/DejaVuSans.ttf"]
        files.append("/f/NotoSansCJK-Regular.ttc")
        names = [Path(each).name for each in _plots._likely(files)]
        assert names == [
            "NotoSansCJK-Regular.ttc",
            "NotoSansCJK-Bold.ttc",
            "wqy-zenhei.ttc",
        ]

    def test_file_without_chinese(self, tmp_path: Path) -> None:
        """A name alone is not believed: neither a Latin font nor a broken file."""
        from matplotlib import get_data_path

        latin = Path(get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
        assert not _plots._shows_chinese(str(latin))
        broken = tmp_path / "NotoSansCJK-Regular.ttc"
        broken.write_bytes(b"no font")
        assert not _plots._shows_chinese(str(broken))


class TestPlot:
    """What is drawn."""

    @pytest.mark.skipif(chinese_font() is None, reason="needs a font with Chinese")
    def test_chinese(self) -> None:
        """With a font every label is drawn, and no glyph is missing."""
        png = drawn("zh")
        width, height = struct.unpack(">II", png[16:24])
        assert b"\x89PNG" == png[:4]
        assert width > height > 200
        assert png != drawn("en")

    @pytest.mark.usefixtures("no_font")
    def test_english_without_a_font(self) -> None:
        """Without one the labels are English, and a warning says so."""
        english = drawn("en")
        with pytest.warns(MissingFontWarning, match="fonts-noto-cjk"):
            asked = strip_plot(LABEL, Unit.M2_PER_PUPIL, STRIPS, "zh")
        assert english == asked

    @pytest.mark.usefixtures("no_font", "national_only")
    def test_report_without_a_font(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The report is written all the same; on the command line it is one line."""
        from eduequity.cli._assess import warnings_told

        demo = ee.read(Path(ee.__file__).parent / "cli" / "demo")
        result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
        stream = io.BytesIO()
        with warnings_told("zh"):
            RENDERERS[".docx"](result, stream, lang="zh")
        assert 7 == len(docx.Document(stream).inline_shapes)
        told = capsys.readouterr().err
        assert "本机没有中文字体" in told
        assert 1 == len(told.splitlines())

    @pytest.mark.usefixtures("national_only")
    def test_report_without_matplotlib(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without the extra the report says how to get the pictures."""
        monkeypatch.setattr("eduequity.report._document.can_plot", lambda: False)
        demo = ee.read(Path(ee.__file__).parent / "cli" / "demo")
        result = ee.evaluate(demo, on=dt.date(2024, 12, 31))
        stream = io.BytesIO()
        RENDERERS[".docx"](result, stream, lang="zh")
        document = docx.Document(stream)
        assert not document.inline_shapes
        assert any("eduequity[charts]" in p.text for p in document.paragraphs)
