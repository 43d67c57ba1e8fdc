"""
Teachers and classes counted in the engine that holds them.

A lazy table (Polars, DuckDB, PySpark) is never fetched. One expression, made from the
definitions in `eduequity.facts.RECORDS`, turns every row into plain numbers: 1 for yes,
0 for no, `BLANK` where a cell is blank. Their product says whether all of it holds, and
the engine adds the products up by school and stage; no sum of ones reaches `BLANK`, so
that one sum tells the count or that it is unknown. One more sum counts the rows of
which every cell can be right. Only the section rows come back, and of those rows the
ones that are listed: they go through the readers and checks of every other source.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import narwhals as nw
import numpy as np
import numpy.typing as npt

from eduequity.errors import MissingExtraError
from eduequity.facts import FULL_AFTER, RECORDS, Counts, Test
from eduequity.io._cells import NO, YES, CellError, parser
from eduequity.io._frames import PLAIN
from eduequity.io._headings import Heading, columns_of
from eduequity.io._tables import Log, Place, Raw, Table, is_blank, shown
from eduequity.model import Field
from eduequity.vocab import Choice, Kind, Stage, Text


__all__ = ["BLANK", "Lazy", "lazy_frame"]

BLANK = 2.0**60
"""What a blank weighs: more than any sum of figures that can be right."""

_NONE = -1.0
"""What stands for no cell that is known; a figure that can be right is not negative."""

_BLANK_COUNT = 2**36
"""The same among whole numbers of 64 bits, of which it must not leave the range."""

Expr: TypeAlias = nw.Expr
Answer: TypeAlias = tuple[nw.Expr, nw.Expr]
"""Whether a row says yes to a question, and whether it says nothing."""

_NOTHING = nw.lit(value=False), nw.lit(value=True)
Grouped: TypeAlias = "nw.DataFrame[Any]"

_ROW = "__row__"
_MOST = 2.0**53
_ROUNDS = 4
_FEW = 1000
_COMPARED = 12
"""Up to so many words Polars compares faster one by one than it searches them."""


def lazy_frame(content: Any) -> nw.LazyFrame[Any] | None:
    """Return a lazy table that narwhals knows, None for anything else."""
    try:
        frame = nw.from_native(content)
    except TypeError:
        return None
    return frame if isinstance(frame, nw.LazyFrame) else None


class Lazy:
    """
    One table of records that stays where it lies.

    Args:
        table: ``teachers`` or ``classes``.

        frame: The table.

        fields: Its columns in the contract.

        place: Where it was given.

        log: Where problems and notices go.
    """

    def __init__(
        self,
        table: str,
        frame: nw.LazyFrame[Any],
        fields: tuple[Field, ...],
        place: Place,
        log: Log,
    ) -> None:
        self.made = RECORDS[table]
        self.frame = frame
        self.log = log
        schema = dict(frame.collect_schema())
        self.logical = frame.implementation.is_polars()
        compared = _COMPARED if self.logical else 0
        self.raw = Raw(
            table=table,
            file=place.get("file", ""),
            sheet=place.get("sheet", ""),
            headings=list(schema),
            columns=[[] for _ in schema],
            rows=[],
        )
        self.meant = columns_of(self.raw, fields, log)
        self.columns: dict[str, _Column] = {}
        for column, meant in self.meant.items():
            dtype = schema[self.raw.headings[column]]
            if _fits(dtype, meant):
                heading = self.raw.headings[column]
                self.columns[meant.name] = _Column(
                    nw.col(heading), meant, dtype, compared
                )
            else:
                log.problem(
                    "wrong-type", _wrong(dtype, meant), self.raw.heading(column)
                )

    # -- counting ------------------------------------------------------------------

    def counted(
        self, schools: Table | None, *, alone: bool = False
    ) -> tuple[Counts | None, Raw | None]:
        """
        Return the counts by section, and the rows that something is wrong with.

        Args:
            schools: The schools they belong to, as far as these could be read.

            alone: Whether no schools are asked for.
        """
        if not {"school", "stage"} <= self.columns.keys():
            return None, None
        self._see_words()
        for _ in range(_ROUNDS):
            grouped = _collected(self._grouped())
            if self.columns["stage"].learn(grouped["stage"]):
                continue
            keys = _Keys(
                grouped, self.columns["school"], self.columns["stage"], schools
            )
            homeless = schools is None and not alone and len(grouped) > 0
            suspects = self._suspects(grouped, keys, homeless=homeless)
            if suspects is not None and self._learn(suspects):
                continue
            self._say_counted(grouped)
            counts = Counts(keys.school, keys.stage, self._sums(grouped))
            return counts, None if suspects is None else self._rows(suspects)
        raise AssertionError("a word is learnt once")

    def _see_words(self) -> None:
        """
        Look at the first rows, and at the texts that a question is about.

        An unusual spelling, or an empty text for a blank, that is known beforehand
        spares a second run.
        """
        spelt = {name: each for name, each in self.columns.items() if each.spelt}
        texts = (column.expr.alias(name) for name, column in spelt.items())
        rows = _collected(self.frame.select(*texts).head(_FEW)) if spelt else None
        for name, column in spelt.items():
            assert rows is not None
            column.look(rows[name])
        asked = {t.field for of in self.made.counts.values() for t in of if t.among}
        for name in asked & self.columns.keys():
            text = self.columns[name]
            if text.there:
                cells = self.frame.select(text.expr.alias(name))
                words = cells.group_by(name).agg(nw.len().alias("rows"))
                known = words.filter(~nw.col(name).is_null()).head(_FEW + 1)
                text.seen = _collected(known)[name].to_list()

    def _grouped(self) -> nw.LazyFrame[Any]:
        """Return the one query: flags per row, then sums of plain columns."""
        tests = dict.fromkeys(each for of in self.made.counts.values() for each in of)
        plain = {test: f"answer_{number}" for number, test in enumerate(tests)}
        figures = {**self.made.sums, **self.made.largest, **self.made.known}
        amounts = {of: f"amount_{of}" for of in figures.values()}
        rows = self.frame.select(
            *(self.columns[key].expr.alias(key) for key in ("school", "stage")),
            *(self._weighed(test).alias(name) for test, name in plain.items()),
            *(self._column(of).amount().alias(name) for of, name in amounts.items()),
            self._right().alias("right"),
        )
        flags = rows.select(
            "school",
            "stage",
            *(
                self._all_of(nw.col(plain[test]) for test in of).alias(name)
                for name, of in self.made.counts.items()
            ),
            *(
                self._or_less(nw.col(amounts[of]), name).alias(name)
                for name, of in figures.items()
            ),
            "right",
        )
        return flags.group_by("school", "stage").agg(
            *(nw.col(name).sum() for name in (*self.made.counts, *self.made.sums)),
            *(nw.col(name).max() for name in (*self.made.largest, *self.made.known)),
            nw.col("right").sum(),
            nw.len().alias("rows"),
        )

    def _or_less(self, amount: Expr, name: str) -> Expr:
        """Return an amount; of those that may be blank a blank is less than any."""
        if name not in self.made.known:
            return amount
        return nw.when(amount < BLANK).then(amount).otherwise(nw.lit(_NONE))

    def _right(self) -> Expr:
        """
        Return 1 for a row of which every cell can be right; keys are seen later.

        It is asked this way round so that an engine need not compare twice the words
        that the answers ask for too.
        """
        right = [
            column.right()
            for name, column in self.columns.items()
            if column.checked and name != "stage"
        ]
        if not right:
            return nw.lit(1.0)
        return functools.reduce(operator.and_, right).cast(nw.Float64)

    def _column(self, name: str) -> _Column:
        return self.columns.get(name) or _Column()

    def _weighed(self, test: Test) -> Expr:
        """Return an answer in the form that `_all_of` takes."""
        yes, blank = self._answer(test)
        if self.logical:
            return nw.when(~blank).then(yes)
        return nw.when(blank).then(BLANK).otherwise(yes.cast(nw.Float64))

    def _all_of(self, answers: Iterable[Expr]) -> Expr:
        """
        Return 1 for a row where all of it holds, 0 where one does not, else a blank.

        Polars keeps answers in bits and sums whole numbers faster than others.
        """
        if not self.logical:
            return functools.reduce(operator.mul, answers)
        every = functools.reduce(operator.and_, answers)
        return every.cast(nw.Int64).fill_null(_BLANK_COUNT)

    def _answer(self, test: Test) -> Answer:
        """Return whether a row says yes, and whether it says nothing."""
        column = self._column(test.field)
        if not column.there:
            return _NOTHING
        if test.among:
            return column.among(test.among)
        least, more = test.bound(Stage.PRIMARY), test.bound(Stage.JUNIOR)
        if least is None or more is None:
            return column.yes()
        enough = column.at_least(least)
        if more != least:
            stage = self.columns["stage"]
            junior = stage.one_of(stage.spellings([Stage.JUNIOR]))
            enough = column.at_least(more) | (enough & ~junior)  # more is asked there
        if not test.years:
            return enough, column.blank
        years = self._column(test.years)
        assert not isinstance(least, Choice)
        if not years.there:
            return _NOTHING
        enough |= column.expr >= years.expr * least / FULL_AFTER
        return enough, column.blank | years.blank

    def _sums(self, grouped: Grouped) -> dict[str, npt.NDArray[np.float64]]:
        found = {}
        for name in self.made.names:
            column = grouped["rows" if name == self.made.rows else name]
            sums = column.cast(nw.Float64).to_numpy()
            counted = self.logical and name in self.made.counts
            blank = _BLANK_COUNT if counted else BLANK
            found[name] = np.where((sums >= blank) | (sums <= _NONE), np.nan, sums)
        return found

    def _say_counted(self, grouped: Grouped) -> None:
        rows = _total(grouped, "rows")
        self.log.notice(
            "records-counted",
            Text(
                f"{rows} 行在其所在引擎中汇总到学段，未逐行取回；"
                "逐人、逐班的规则无从判断",
                f"{rows} rows were counted into sections where they lie and not "
                "fetched; rules over single rows cannot be judged",
            ),
            self.raw.place,
        )

    # -- what is wrong -------------------------------------------------------------

    def _suspects(
        self, grouped: Grouped, keys: _Keys, *, homeless: bool
    ) -> Grouped | None:
        """Fetch the rows that may be wrong, no more of them than are listed."""
        if homeless:  # one sentence for all of them
            return _collected(_numbered(self.frame).head(1))
        tests = keys.suspicious()
        if _total(grouped, "right") < _total(grouped, "rows"):
            tests += [each.odd() for each in self.columns.values() if each.checked]
        doubled = self._doubled(_total(grouped, "rows"))
        if doubled:
            tests.append(self.columns["id"].expr.is_in(doubled))
        if not tests:
            return None
        most = self.log.limits.problems
        wrong = _numbered(self.frame).filter(_any(tests))
        found = _collected(wrong.head(most))
        if len(found) == most:
            all_of_them = _collected(wrong.select(nw.len().alias("rows")))
            self.log.more(_total(all_of_them, "rows") - most)
        return found.sort(_ROW) if _ROW in found.columns else found

    def _doubled(self, rows: int) -> list[Any]:
        """Return ids that stand twice in a section, as far as they are looked for."""
        most = self.log.limits.ids
        if "id" not in self.columns:
            return []
        if rows > most:
            self.log.notice(
                "ids-not-compared",
                Text(
                    f"共 {rows} 行，超过 {most} 行，未查重复编号",
                    f"there are {rows} rows, more than {most}: doubled ids were not "
                    "looked for",
                ),
                self.raw.place,
            )
            return []
        keys = ("school", "stage", "id")
        again = (
            self.frame.select(*(self.columns[key].expr.alias(key) for key in keys))
            .filter(~nw.col("id").is_null())
            .group_by(*keys)
            .agg(nw.len().alias("rows"))
            .filter(nw.col("rows") > 1)
            .head(self.log.limits.problems)
        )
        return _collected(again)["id"].to_list()

    def _learn(self, suspects: Grouped) -> bool:
        """Take in further spellings of known words; tell whether there were any."""
        headings = {meant.name: column for column, meant in self.meant.items()}
        learnt = [
            column.learn(suspects[self.raw.headings[headings[name]]])
            for name, column in self.columns.items()
        ]
        return any(learnt)

    def _rows(self, suspects: Grouped) -> Raw:
        """Return rows as they stand, for the readers of every other source."""
        if _ROW in suspects.columns:
            rows: Sequence[Any] = [row + 1 for row in suspects[_ROW].to_list()]
        else:  # an engine that knows no order of rows
            school = next(c for c, m in self.meant.items() if m.name == "school")
            codes = suspects[self.raw.headings[school]].to_list()
            rows = [f"of school {shown(code)}" for code in codes]
        columns: list[Any] = [suspects[name] for name in self.raw.headings]
        return attrs.evolve(self.raw, columns=columns, rows=rows)


# -- columns as expressions ----------------------------------------------------------

_WANTED = {
    "integer": Text("数字", "numbers"),
    "number": Text("数字", "numbers"),
    "yes_no": Text("是/否", "yes/no"),
}


def _fits(dtype: Any, meant: Heading) -> bool:
    """Whether an engine may reckon with a column of this type."""
    if dtype == nw.Unknown:
        return True
    words = dtype in (nw.String, nw.Categorical, nw.Enum)
    match meant.field.type:
        case "integer" | "number":
            return bool(dtype.is_numeric())
        case "yes_no":
            named = words or dtype in (nw.Boolean, nw.Object)
            return named or bool(dtype.is_numeric())
        case "choice":
            return words
    return words or bool(dtype.is_integer())


def _wrong(dtype: Any, meant: Heading) -> Text:
    wanted = _WANTED.get(meant.field.type, Text("文本", "text"))
    return Text(
        f"此列的类型为 {dtype}，应为{wanted.zh}",
        f"the column is of type {dtype}, expected {wanted.en}",
    )


class _Column:
    """What the cells of a column say, as expressions."""

    def __init__(
        self,
        expr: Expr | None = None,
        meant: Heading | None = None,
        dtype: Any = None,
        compared: int = 0,
    ) -> None:
        self.compared = compared
        self._expr = None if dtype == nw.Unknown else expr
        self._meant = meant
        self.text = dtype in (nw.String, nw.Categorical, nw.Enum)
        self.boolean = dtype == nw.Boolean
        self.integer = dtype is not None and bool(dtype.is_integer())
        self.whole = meant is not None and meant.field.type == "text"
        self.learnt: dict[str, Any] = {}
        self.first: dict[Any, list[str]] = {}
        self.seen: list[str] = []  # the texts that there are, if they are few
        if self._expr is None or meant is None:
            return
        if dtype in (nw.Categorical, nw.Enum) or (self.whole and dtype != nw.String):
            self._expr = self._expr.cast(nw.String)
            self.text = True
        elif dtype == nw.Object:
            self._expr = self._expr.cast(nw.Float64)
        if meant.factor is not None:
            self._expr = self._expr * float(meant.factor)

    @property
    def there(self) -> bool:
        """Whether the column was given, with anything in it."""
        return self._expr is not None

    @property
    def spelt(self) -> bool:
        """Whether cells are words of a closed list."""
        return self.there and self.text and self.field.type in ("choice", "yes_no")

    @property
    def checked(self) -> bool:
        """Whether a cell of it may be wrong."""
        return self.there and not self.boolean and self.field.type != "text"

    @property
    def expr(self) -> Expr:
        """The cells; text and words as strings."""
        return nw.lit(None) if self._expr is None else self._expr

    @property
    def field(self) -> Field:
        """The column's declaration."""
        assert self._meant is not None
        return self._meant.field

    @property
    def blank(self) -> Expr:
        """Whether a cell says nothing."""
        if not self.text:
            return self.expr.is_null()
        blank, empty = self.expr.is_null(), self.learnt_as(None)
        return blank | self.one_of(empty) if empty else blank

    @property
    def readable(self) -> Expr:
        """Whether a cell says something that can be right."""
        if self.boolean:
            return ~self.expr.is_null()
        if self.field.type == "yes_no":
            if self.text:
                return self.one_of(self._recognised)
            return (self.expr == 0) | (self.expr == 1)
        if self.field.type == "choice":
            return self.one_of(self._recognised)
        low = -_MOST if self.field.minimum is None else self.field.minimum
        high = _MOST if self.field.maximum is None else self.field.maximum
        within = (self.expr >= low) & (self.expr <= high)
        if self.field.type == "integer" and not self.integer:
            within &= self.expr.round(0) == self.expr
        return within

    def _said(self, *, value: bool) -> list[str]:
        return self._words({value: YES if value else NO})

    def spellings(self, members: Iterable[Choice]) -> list[str]:
        """
        Return the words of some members of the column's choices.

        The highest stand first, so that "this much or more" begins like "any of them"
        and an engine that sees it compares once.
        """
        return self._words(
            {
                each: (each.value, each.label.zh, each.label.en, *each.words)
                for each in sorted(members, key=lambda each: -each.rank)
            }
        )

    def _words(self, spelt: Mapping[Any, Iterable[str]]) -> list[str]:
        """
        Return the words for some values: the fewer, the faster an engine is.

        A value that stands in the first rows is spelt as there until it is learnt
        that it has other spellings too.
        """
        known = (self.first.get(value) or words for value, words in spelt.items())
        more = (word for value in spelt for word in self.learnt_as(value))
        return list(dict.fromkeys([*itertools.chain.from_iterable(known), *more]))

    def learnt_as(self, value: Any) -> list[str]:
        """Return the words that were learnt to mean *value*."""
        return [word for word, meant in self.learnt.items() if meant is value]

    def look(self, cells: nw.Series[Any]) -> None:
        """See in the first rows how values are spelt."""
        self.learn(cells, among=())
        for word, value in self.learnt.items():
            self.first.setdefault(value, []).append(word)
        self.first.pop(None, None)

    def learn(self, cells: nw.Series[Any], among: Iterable[str] | None = None) -> bool:
        """Take in the words of *cells* that are known to mean something and new."""
        if not self.spelt:
            return False
        parse = parser(self.field)
        old = {*self.learnt, *(self._recognised if among is None else among)}
        before = len(self.learnt)
        for word in cells.cast(nw.String).drop_nulls().unique().to_list():
            if word in old:
                continue
            try:
                self.learnt[word] = None if is_blank(word) else parse(word)
            except CellError:
                continue  # said of every cell when the rows are read
        return len(self.learnt) > before

    @property
    def _recognised(self) -> list[str]:
        if self.field.choices is None:
            return [*self._said(value=True), *self._said(value=False)]
        return self.spellings(self.field.choices)

    # -- answers -------------------------------------------------------------------

    def one_of(self, words: Sequence[str]) -> Expr:
        """Whether a text is one of *words*, in the way that is faster in its engine."""
        if not words:
            return self.expr.is_null() & ~self.expr.is_null()  # nothing is
        if len(words) > self.compared:
            return self.expr.is_in(list(words))
        return _any(self.expr == word for word in words)

    def odd(self) -> Expr:
        """Whether a cell says something that cannot be right."""
        return ~self.readable & ~self.blank

    def right(self) -> Expr:
        """Whether a cell says nothing, or something that can be right."""
        return self.readable | self.blank

    def yes(self) -> Answer:
        """Return what a yes/no says."""
        if self.boolean:
            return self.expr, self.blank
        if not self.text:
            return self.expr == 1, self.blank
        return self.one_of(self._said(value=True)), self.blank

    def at_least(self, bound: Choice | float) -> Expr:
        """Whether a cell is *bound* or more."""
        if not isinstance(bound, Choice):
            return self.expr >= bound
        enough = [each for each in type(bound) if each.rank >= bound.rank]
        return self.one_of(self.spellings(enough))

    def among(self, words: Iterable[str]) -> Answer:
        """Return whether a text is one of *words*, however it is spaced."""
        if len(self.seen) > _FEW:
            word = self.expr.str.strip_chars()
            blank = self.expr.is_null() | (word == "")
            return word.is_in(list(words)), blank
        meant = dict(zip(self.seen, _read(self.seen, self.field), strict=True))
        yes = [word for word, value in meant.items() if value in words]
        empty = [word for word, value in meant.items() if value is None]
        blank = self.expr.is_null()
        if empty:
            blank |= self.one_of(empty)
        return self.one_of(yes), blank

    def amount(self) -> Expr:
        """Return the number in a cell."""
        if not self.there:
            return nw.lit(BLANK)
        number = self.expr.cast(nw.Float64)
        return nw.when(self.blank).then(BLANK).otherwise(number)


def _any(tests: Iterable[Expr]) -> Expr:
    return functools.reduce(operator.or_, tests)


# -- the sections that come back -----------------------------------------------------


class _Keys:
    """
    The schools and stages by which an engine grouped, read and checked.

    Args:
        grouped: The section rows.

        school: The column of schools' codes.

        stage: The column of stages.

        schools: The schools of the file.
    """

    def __init__(
        self, grouped: Grouped, school: _Column, stage: _Column, schools: Table | None
    ) -> None:
        self._columns = school, stage
        self._schools = schools
        self._raw = [_list(grouped[name]) for name in ("school", "stage")]
        self.school = _read(self._raw[0], school.field, plain=PLAIN)
        stages = _read(self._raw[1], stage.field)
        ranks = {each: each.rank for each in Stage} | {None: -1}
        self.stage = np.array([ranks[each] for each in stages], dtype=np.int8)

    @cached_property
    def _wrong(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Sections whose school is wrong, and those whose stage is."""
        bad_school = np.array([each is None for each in self.school], dtype=np.bool_)
        bad_stage = self.stage < 0
        if self._schools is None or not self._schools.sound("code"):
            return bad_school, bad_stage
        codes = {code: row for row, code in enumerate(self._schools.get("code"))}
        row = np.array([codes.get(each, -1) for each in self.school], dtype=np.intp)
        bad_school |= row < 0
        bad_stage |= (row >= 0) & ~_taught(self._schools)[row, self.stage]
        return bad_school, bad_stage

    def suspicious(self) -> list[Expr]:
        """Return tests that find those rows, and perhaps others."""
        bad_school, bad_stage = self._wrong
        school, stage = (each.expr for each in self._columns)
        tests: list[Expr] = []
        if bad_school.any():
            tests += _found(school, self._raw[0], bad_school)
        if bad_stage.any():
            of = _any(_found(school, self._raw[0], bad_stage))
            tests.append(of & _any(_found(stage, self._raw[1], bad_stage)))
        return tests


def _found(key: Expr, raw: list[Any], bad: npt.NDArray[np.bool_]) -> list[Expr]:
    words = {raw[at] for at in np.flatnonzero(bad).tolist()}
    known = [word for word in words if word is not None]
    tests = [key.is_in(known)] if known else []
    return [*tests, key.is_null()] if None in words else tests


def _read(
    words: list[Any], field: Field, plain: re.Pattern[str] | None = None
) -> npt.NDArray[np.object_]:
    """Parse every distinct word once; None for a blank and for what is wrong."""
    read = np.empty(len(words), dtype=object)
    if plain and None not in words and plain.fullmatch("\n".join([*words, ""])):
        read[:] = words
        return read
    parse = parser(field)
    meant: dict[Any, Any] = {None: None}
    for word in set(words) - {None}:
        try:
            meant[word] = None if is_blank(word) else parse(word)
        except CellError:
            meant[word] = None
    read[:] = [meant[word] for word in words]
    return read


def _taught(schools: Table) -> npt.NDArray[np.bool_]:
    """Tell for every school (and none) which stages it teaches, a blank one too."""
    by_kind = np.array(
        [
            *(
                [not k.stages or s is Stage.SENIOR or s in k.stages for s in Stage]
                for k in Kind
            ),
            [True] * len(Stage),  # no kind: nobody knows
        ]
    )
    kinds = [-1 if kind is None else kind.rank for kind in schools.get("kind")]
    taught = by_kind[np.array(kinds, dtype=np.intp)]
    for stage in Stage:
        taught[:, stage.rank] |= schools.numbers(f"{stage}_pupils") > 0
    return np.pad(taught, ((0, 1), (0, 1)), constant_values=True)


def _list(series: nw.Series[Any]) -> list[Any]:
    cells: list[Any] = series.to_list()
    if series.null_count():
        nulls = series.is_null().to_list()
        cells = [None if null else c for c, null in zip(cells, nulls, strict=True)]
    return cells


def _total(grouped: Grouped, name: str) -> int:
    return int(grouped[name].to_numpy().sum()) if len(grouped) else 0


# -- engines -------------------------------------------------------------------------


def _collected(frame: nw.LazyFrame[Any]) -> Grouped:
    """Run a query in its engine, in a stream where it has one."""
    if frame.implementation.is_polars():
        return frame.collect(engine="streaming")
    try:
        return frame.collect()
    except ModuleNotFoundError as error:
        raise MissingExtraError("arrow", "fetching from this engine") from error


def _numbered(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Give rows a number from 0 where the engine knows an order of them."""
    native = frame.to_native()
    if frame.implementation.is_polars():
        counted: nw.LazyFrame[Any] = nw.from_native(native.with_row_index(_ROW))
        return counted
    if frame.implementation.is_duckdb():
        rows = native.project(f"row_number() OVER () - 1 AS {_ROW}, *")
        numbered: nw.LazyFrame[Any] = nw.from_native(rows)
        return numbered
    if frame.implementation in _EAGER:
        whole: nw.DataFrame[Any] = nw.from_native(native, eager_only=True)
        return whole.with_row_index(_ROW).lazy()
    return frame


_EAGER = (
    nw.Implementation.PANDAS,
    nw.Implementation.PYARROW,
    nw.Implementation.MODIN,
    nw.Implementation.CUDF,
)
