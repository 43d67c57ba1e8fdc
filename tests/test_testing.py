"""What pack authors get: boundary cases, coverage, health, cases, contract, draws."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

import eduequity as ee
from eduequity import engine, io, testing
from eduequity.engine import _judged, _units
from eduequity.errors import InputError
from eduequity.facts import Facts
from eduequity.registry import Plugin, Registry
from eduequity.rules import Pack, load_pack
from eduequity.vocab import Force, Verdict


pytest_plugins = ["pytester"]

REGISTRY = Registry.of()
TEXT = '{ zh = "试", en = "sample" }'
HEAD = f"""[pack]
id = "sample"
programme = "quality-balance"
areas = ["33"]
title = {TEXT}
reviewed = 2026-01-01

[sources.s]
title = "某文"
issuer = "某厅"
kind = "notice"
read = "secondary"
"""

MakePack = Callable[[str], Pack]


@pytest.fixture
def pack(tmp_path: Path) -> MakePack:
    """Give a function that loads a pack for area 33 from the rest of its TOML."""

    def load(body: str) -> Pack:
        (tmp_path / "pack.toml").write_text(HEAD + body, "utf-8")
        return load_pack(tmp_path)

    return load


def rule(name: str, kind: str = "threshold", scope: str = "county", **keys: Any) -> str:
    """Return the TOML of a rule; other keys are written as given."""
    lines = [f"[rules.{name}]", f'kind = "{kind}"', f'scope = "{scope}"']
    lines += [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join([*lines, f"label = {TEXT}", ""])


def parameter(
    name: str, *values: str, unit: str = "ratio", stricter: str = "higher"
) -> str:
    """Return the TOML of a parameter; a value is its lines after ``from``."""
    lines = [f"[parameters.{name}]", f'unit = "{unit}"', f'stricter = "{stricter}"']
    for each in values:
        lines += [f"[[parameters.{name}.values]]", 'source = "s"', f"from = {each}"]
    return "\n".join([*lines, ""])


PAY = rule(
    "pay", indicator='"teacher_pay_ratio"', operator='">="', parameter='"pay_minimum"'
)


# -- boundary cases -------------------------------------------------------------------


class TestBoundaries:
    """Both sides of every line and date."""

    @pytest.mark.parametrize("national", REGISTRY.packs, ids=lambda p: p.info.id)
    def test_national(self, national: Pack) -> None:
        """The national packs hold at every boundary, and every boundary is tested."""
        cases = testing.boundary_cases(national, REGISTRY)
        wrong = [case.id for case in cases if case.run() is not case.expected]

        assert [] == wrong
        assert (1.0, ()) == attrs.astuple(testing.coverage(national, cases))[::2]

    def test_sides(self, pack: MakePack) -> None:
        """A number is tried below, at and above, before, on and after its first day."""
        made = pack(PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1.05"))
        found = {
            case.id.removeprefix("33.pay/pay_minimum.values[0]/primary/0/"): case.run()
            for case in testing.boundary_cases(made, REGISTRY)
        }

        assert {
            "2019-12-31/requirement/below": Verdict.NOT_APPLICABLE,
            "2019-12-31/requirement/at": Verdict.NOT_APPLICABLE,
            "2019-12-31/requirement/above": Verdict.NOT_APPLICABLE,
            "2020-01-01/requirement/below": Verdict.UNMET,
            "2020-01-01/requirement/at": Verdict.MET,
            "2020-01-01/requirement/above": Verdict.MET,
            "2020-01-02/requirement/below": Verdict.UNMET,
            "2020-01-02/requirement/at": Verdict.MET,
            "2020-01-02/requirement/above": Verdict.MET,
        } == found

    @pytest.mark.parametrize(
        "body",
        [
            PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1\nuntil = 2021-01-01"),
            PAY
            + parameter(
                "pay_minimum",
                "2020-01-01\nvalue = 1",
                "2021-01-01\nvalue = 1.1",
                "2022-01-01\nrepealed = true",
            ),
            rule(
                "within",
                "range",
                indicator='"teacher_pay_ratio"',
                parameter='"pay_range"',
            )
            + parameter("pay_range", "2020-01-01\nvalue = [0.9, 1.1]"),
            rule(
                "oversized",
                "share",
                numerator='"oversized_classes"',
                denominator='"classes"',
                operator='"<="',
                parameter='"oversized"',
            )
            + parameter(
                "oversized", "2020-01-01\nvalue = 0.05", unit="share", stricter="lower"
            ),
            rule(
                "rural",
                "share",
                meets='[{ locale = "rural" }]',
                over='"school"',
                operator='">="',
                parameter='"rural_share"',
            )
            + parameter("rural_share", "2020-01-01\nvalue = 0.95", unit="share"),
            rule(
                "spread",
                "dispersion",
                "section",
                indicator='"books"',
                weight='"pupils"',
                operator='"<"',
                parameter='"spread"',
            )
            + parameter(
                "spread", "2020-01-01\nprimary = 0.5\njunior = 0.4", stricter="lower"
            ),
            rule(
                "hours",
                scope="teacher",
                indicator='"training_hours"',
                operator='">"',
                parameter='"hours"',
            )
            + parameter(
                "hours",
                "2020-01-01\nvalue = 72",
                '2020-01-01\nvalue = 90\nwhere = [{ stage = "senior" }]',
                unit="hours",
            ),
            rule(
                "size",
                scope="school",
                indicator='"pupils"',
                operator='"<="',
                parameter='"size"',
            )
            + parameter(
                "size",
                "2020-01-01\nvalue = 2000",
                '2020-01-01\nvalue = 900\nwhere = [{ locale = { in = ["rural"] } }, '
                "{ built_year = { min = 2000, below = 2010 }, boarding = true }]",
                unit="pupils",
                stricter="lower",
            ),
            rule(
                "trend",
                "trend",
                table='"finance"',
                indicator='"education_spending"',
                operator='">="',
                parameter='"growth"',
            )
            + parameter("growth", "2020-01-01\nvalue = 1.02"),
            rule("signed", "attested", "school", source='"s"')
            + "from = 2020-01-01\nuntil = 2021-01-01\n",
            rule("never", "veto", source='"s"') + "from = 2020-01-01\n",
            rule("both", "all", of='["siting_plan"]', source='"s"'),
            parameter(
                "teacher_pay_ratio_minimum",
                "2020-01-01\nvalue = 1.1",
                '2020-01-01\nvalue = 1.3\nforce = "target"',
                '2022-01-01\nvalue = 0.9\nreplaces = "某款"',
            ),
            parameter("quorum_floor", "2020-01-01\nvalue = 0.9", unit="share"),
            parameter("music_room_area", "2020-01-01\nvalue = 100", unit="m2"),
        ],
    )
    def test_shapes(self, body: str, pack: MakePack) -> None:
        """Every shape holds on both sides of its line, and every value is tested."""
        made = pack(body)
        cases = testing.boundary_cases(made, REGISTRY)

        assert cases
        assert [] == [case.id for case in cases if case.run() is not case.expected]
        assert () == testing.coverage(made, cases).uncovered

    def test_wrong_engine_is_found(
        self, pack: MakePack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An engine that lets no tie pass fails the cases that stand on the line."""
        made = pack(PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1.05"))
        right = _judged.decide

        def strict(low: Any, high: Any, operator: str, *limits: Any) -> Any:
            return right(low, high, operator.rstrip("="), *limits)

        monkeypatch.setattr(_units, "decide", strict)
        wrong = [
            case.id.rpartition("/")[2]
            for case in testing.boundary_cases(made, REGISTRY)
            if case.run() is not case.expected
        ]

        assert ["at", "at"] == wrong

    def test_uncovered(self, pack: MakePack) -> None:
        """A value that no rule asks for, or that another replaces, is told."""
        made = pack(
            PAY
            + parameter(
                "pay_minimum",
                "2020-01-01\nvalue = 1.05",
                '2020-01-01\nvalue = 1.5\nforce = "target"',
            )
        )
        found = testing.coverage(made)

        assert 0.5 == found.share
        assert ("pay_minimum.values[0]@2020-01-01",) == found.tested
        assert ("pay_minimum.values[1]@2020-01-01",) == found.uncovered

    def test_explained(self, pack: MakePack) -> None:
        """The assessment of a case can be explained like any other."""
        made = pack(PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1.05"))
        case = testing.boundary_cases(made, REGISTRY)[3]
        (finding,) = case.assessment().findings(rule="33.pay")

        assert Force.REQUIREMENT is finding.force
        assert "某文" in str(engine.explain(finding))


# -- health ---------------------------------------------------------------------------


class TestHealth:
    """What strict loading cannot see."""

    @pytest.mark.parametrize("national", REGISTRY.packs, ids=lambda p: p.info.id)
    def test_national(self, national: Pack) -> None:
        """The national packs have no defect."""
        assert () == testing.health(national, REGISTRY, boundaries=False)

    @pytest.mark.parametrize(
        ("body", "line", "said"),
        [
            (
                PAY.replace('en = "sample"', 'en = "试"')
                + parameter("pay_minimum", "2020-01-01\nvalue = 1"),
                13,
                "rules.pay: the English is '试', expected English words",
            ),
            (
                PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1", unit="hours"),
                18,
                "rules.pay.parameter: the indicator is in ratio",
            ),
            (
                parameter(
                    "teacher_pay_ratio_minimum", "2020-01-01\nvalue = 2", unit="yuan"
                ),
                14,
                "parameters.teacher_pay_ratio_minimum.unit: the unit yuan differs",
            ),
            (
                parameter("quorum_floor", "2020-01-01\nvalue = 90", unit="share"),
                16,
                "parameters.quorum_floor.values[0]: a share is expected between",
            ),
            (
                PAY
                + parameter("pay_minimum", '2020-01-01\nvalue = 1\nforce = "target"'),
                18,
                "rules.pay.parameter: the rule is a requirement, but no value",
            ),
            (
                rule("signed", "attested", source='"s"')
                + "from = 2021-01-01\nuntil = 2020-01-01\n",
                19,
                "rules.signed.until: ends on 2020-01-01, before it begins",
            ),
        ],
    )
    def test_defects(
        self, body: str, line: int, said: str, pack: MakePack, tmp_path: Path
    ) -> None:
        """A defect is told with file, line and path."""
        made = pack(body)
        found = testing.health(made, REGISTRY, folder=tmp_path)

        head = f"{tmp_path / 'pack.toml'}:{line}: {said}"
        assert [True] == [True for each in found if each.text().startswith(head)][:1]

    def test_reviewed_in_the_future(self, pack: MakePack, tmp_path: Path) -> None:
        """Nobody has reviewed a pack tomorrow."""
        made = pack(rule("signed", "attested", source='"s"'))
        eve = dt.date(2025, 12, 31)
        (found,) = testing.health(made, REGISTRY, folder=tmp_path, today=eve)

        assert ("reviewed", 6) == (found.code, found.line)
        assert () == testing.health(made, REGISTRY, today=eve + dt.timedelta(days=1))

    def test_issued_after_review(self, pack: MakePack) -> None:
        """A document that was issued after the review cannot have been reviewed."""
        made = pack(rule("signed", "attested", source='"s"'))
        source = attrs.evolve(made.sources["s"], issued=dt.date(2026, 1, 2), title=" ")
        made = attrs.evolve(made, sources={"s": source})

        assert ["uncited", "dates"] == [f.code for f in testing.health(made, REGISTRY)]

    def test_lowered(self, pack: MakePack) -> None:
        """A value below the nation's without a reason is told with both citations."""
        made = pack(parameter("teacher_pay_ratio_minimum", "2020-01-01\nvalue = 0.9"))
        (found,) = testing.health(made, REGISTRY)

        assert "lowered" == found.code
        assert "0.9 某文" in found.en

    def test_misspelt_parameter(self, pack: MakePack) -> None:
        """A rule whose parameter nobody declares is told, not run."""
        (found,) = testing.health(pack(PAY), REGISTRY)

        assert "no-parameter" == found.code


# -- cases ----------------------------------------------------------------------------

CASE = """title = "教师工资"
on = 2024-12-31
[county]
code = "330106"
teacher_mean_pay = 99
civil_servant_mean_pay = 100
[expect]
"government.teacher_pay" = "unmet"
":government.teacher_pay@330106" = "unmet"
"government.class_size" = "unknown"
"""


class TestCases:
    """Case files."""

    @pytest.fixture
    def case(self, tmp_path: Path) -> Callable[[str], Path]:
        """Give a function that writes a case file."""

        def write(text: str) -> Path:
            path = tmp_path / "case.toml"
            path.write_text(text, "utf-8")
            return path

        return write

    def test_passes(self, case: Callable[[str], Path]) -> None:
        """What is expected is compared by rule, or by finding."""
        read = testing.load_case(case(CASE))

        assert "教师工资" == read.title
        assert () == read.run(REGISTRY)

    def test_differs(self, case: Callable[[str], Path]) -> None:
        """A difference says rule, expected, found and why."""
        path = case(CASE.replace('pay" = "unmet"', 'pay" = "met"'))
        (wrong,) = testing.load_case(path).run(REGISTRY)

        assert (Verdict.MET, Verdict.UNMET) == (wrong.expected, wrong.found)
        assert str(wrong).startswith(
            "government.teacher_pay\n  expected: met\n  found:    unmet\n"
        )
        assert "教师平均工资收入不低于公务员" in wrong.explanation

    def test_no_such_finding(self, case: Callable[[str], Path]) -> None:
        """A finding that is not there is a difference."""
        path = case(CASE.replace("@330106", "@330107"))
        (wrong,) = testing.load_case(path).run(REGISTRY)

        assert wrong.found is None
        assert "no such finding" in str(wrong)

    @pytest.mark.parametrize(
        ("old", "new", "line", "said"),
        [
            ("[county]", "[conty]", 3, "unknown key: did you mean 'county'?"),
            ("title =", "titel =", 1, "unknown key: did you mean 'title'?"),
            ("on = 2024-12-31", "", None, "'on' is missing"),
            ("2024-12-31", '"2024-12-31"', 2, "on = '2024-12-31', expected a date"),
            ('pay" = "unmet"', 'pay" = "umet"', 8, "'umet', expected one of not_app"),
        ],
    )
    def test_defects(
        self,
        old: str,
        new: str,
        line: int | None,
        said: str,
        case: Callable[[str], Path],
    ) -> None:
        """A misspelt key is an error with its line."""
        with pytest.raises(testing.CaseError) as caught:
            testing.load_case(case(CASE.replace(old, new, 1)))

        (problem,) = caught.value.problems
        assert line == problem.line
        assert said in problem.en

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("government.class_size", "government.clas_size", "did you mean"),
            ("teacher_mean_pay", "treasure", "treasure"),
            ("teacher_mean_pay", "teacher_mean_pai", "teacher_mean_pay"),
        ],
    )
    def test_names(
        self, old: str, new: str, said: str, case: Callable[[str], Path]
    ) -> None:
        """A rule or a column that there is not is an error."""
        read = testing.load_case(case(CASE.replace(old, new)))

        with pytest.raises(InputError, match=said):
            read.run(REGISTRY)

    def test_no_toml(self, case: Callable[[str], Path]) -> None:
        """What is no TOML is a case error."""
        with pytest.raises(testing.CaseError, match="no TOML"):
            testing.load_case(case("on = "))


class TestCollector:
    """The pytest plugin for case files."""

    @pytest.fixture
    def folder(self, pytester: pytest.Pytester) -> Path:
        """Give a folder for cases in a project that has opted in."""
        pytester.makeconftest('pytest_plugins = ["eduequity.testing.cases"]')
        return pytester.mkdir("cases")

    def run(self, pytester: pytest.Pytester) -> pytest.RunResult:
        """Run pytest in a process of its own, as users do."""
        return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")

    def test_passes(self, folder: Path, pytester: pytest.Pytester) -> None:
        """A case file is a test."""
        (folder / "pay.toml").write_text(CASE, "utf-8")

        self.run(pytester).assert_outcomes(passed=1)

    def test_fails(self, folder: Path, pytester: pytest.Pytester) -> None:
        """A failure shows rule, expected, found and the explanation."""
        text = CASE.replace('pay" = "unmet"', 'pay" = "met"')
        (folder / "pay.toml").write_text(text, "utf-8")
        result = self.run(pytester)

        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            [
                "government.teacher_pay",
                "  expected: met",
                "  found:    unmet",
                "*:government.teacher_pay@330106",
            ]
        )

    def test_misspelt(self, folder: Path, pytester: pytest.Pytester) -> None:
        """A misspelt key fails with its line and no traceback."""
        (folder / "pay.toml").write_text(CASE.replace("[county]", "[conty]"), "utf-8")
        result = self.run(pytester)

        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(["*pay.toml:3: conty: unknown key*"])
        result.stdout.no_fnmatch_line("*Traceback*")

    def test_plugin_of_the_project(
        self, folder: Path, pytester: pytest.Pytester
    ) -> None:
        """A pack that is not installed is named in the ini file."""
        packs = pytester.mkdir("packs")
        body = HEAD + rule("signed", "attested", source='"s"')
        (packs / "pack.toml").write_text(body, "utf-8")
        pytester.makepyfile(
            our_pack=f"""
            from pathlib import Path
            from eduequity import hookimpl

            @hookimpl
            def eduequity_packs():
                return [Path({str(packs)!r})]
            """
        )
        pytester.makeini("[pytest]\neduequity_plugins = our_pack\npythonpath = .\n")
        text = CASE.replace("government.class_size", "33.signed")
        (folder / "pay.toml").write_text(text, "utf-8")

        self.run(pytester).assert_outcomes(passed=1)

    def test_nothing_unasked(self, pytester: pytest.Pytester) -> None:
        """Without opting in nothing is collected."""
        (pytester.mkdir("cases") / "pay.toml").write_text("nonsense")

        assert "no tests ran" in self.run(pytester).stdout.str()


# -- the contract ---------------------------------------------------------------------


def plugin(folder: Path) -> Plugin:
    """Return a plugin with the pack in *folder*."""
    hooks = SimpleNamespace(eduequity_packs=ee.hookimpl(lambda: [folder]))
    return Plugin(hooks, "eduequity-sample", "1.0")


LEFT = 'row = "A-2"\nreason = "程序"\n'


class TestContract:
    """`PackContract`, inherited."""

    def contract(
        self, folder: Path, body: str, **attributes: Any
    ) -> testing.PackContract:
        """Return the contract of a pack."""
        (folder / "pack.toml").write_text(HEAD + body, "utf-8")
        given = {"plugin": plugin(folder), **attributes}
        made: testing.PackContract = type(
            "TestSample", (testing.PackContract,), given
        )()
        return made

    def test_all_pass(self, tmp_path: Path) -> None:
        """A sound pack passes every test."""
        body = PAY + parameter("pay_minimum", "2020-01-01\nvalue = 1.05")
        made = self.contract(tmp_path, body)
        made.test_loads()
        made.test_cited()
        made.test_bilingual()
        made.test_dates()
        made.test_values()
        made.test_boundaries()
        made.test_coverage()

    def test_does_not_load(self, tmp_path: Path) -> None:
        """A pack that is not loaded fails with its defects."""
        made = self.contract(tmp_path, "[rules.x]\nkind = 'no'\n")

        with pytest.raises(pytest.fail.Exception, match="expected one of threshold"):
            made.test_loads()

    @pytest.mark.parametrize(
        ("body", "asked"),
        [
            (PAY.replace('zh = "试"', 'zh = "x"'), "test_bilingual"),
            (PAY + "until = 2019-01-01\nfrom = 2020-01-01\n", "test_dates"),
            (PAY.replace("teacher_pay_ratio", "teacher_mean_pay"), "test_values"),
        ],
    )
    def test_defects(self, body: str, asked: str, tmp_path: Path) -> None:
        """A defect fails its test."""
        values = parameter("pay_minimum", "2020-01-01\nvalue = 1.05")
        made = self.contract(tmp_path, body + values)

        with pytest.raises(pytest.fail.Exception):
            getattr(made, asked)()

    def test_uncovered(self, tmp_path: Path) -> None:
        """A value that nobody tests fails the coverage."""
        values = parameter(
            "pay_minimum",
            "2020-01-01\nvalue = 1.05",
            '2020-01-01\nvalue = 2\nforce = "target"',
        )
        made = self.contract(tmp_path, PAY + values)

        with pytest.raises(pytest.fail.Exception, match=r"pay_minimum\.values\[1\]"):
            made.test_coverage()

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ("A-1,甲\nA-2,乙\n", None),
            ("A-1,甲\nA-2,乙\nA-3,丙\n", "A-3 丙: neither encoded nor unencoded"),
            ("A-2,乙\n", r"A-1 \(.*pack.toml:15\): not in rows.csv"),
            ("A-1,甲\n", r"A-2 \(unencoded in .*\): not in rows.csv"),
            ("A-1,甲\nA-1,甲\nA-2,乙\n", "A-1: twice in rows.csv"),
        ],
    )
    def test_rows(self, rows: str, said: str | None, tmp_path: Path) -> None:
        """Every row is encoded or said not to be, and no other is named."""
        self.rows_said(tmp_path, rows, said, "")

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            ("# row: A-1\n# the same again\n[[unencoded]]\n" + LEFT, None),
            (
                '[[unencoded]]\nrow = "A-1"\nreason = "程序"\n',
                r"A-1 \(.*pack.toml:15\): both encoded and unencoded in ",
            ),
            ("[[unencoded]]\n" + LEFT, r"A-2 \(unencoded\): listed twice"),
            ("# row: A-1\n", r"A-1 \(.*\): its comment stands above no table"),
            (
                "[[unencoded]]\n# row: A-1\n" + LEFT,
                r"A-1 \(.*\): its comment stands above no table",
            ),
        ],
    )
    def test_marks(self, more: str, said: str | None, tmp_path: Path) -> None:
        """A comment stands above a table, and nothing is both or twice."""
        if said is None:
            more = more.replace("A-2", "A-3")
        rows = "A-1,甲\nA-2,乙\n" + ("A-3,丙\n" if "A-3" in more else "")
        self.rows_said(tmp_path, rows, said, more)

    def rows_said(self, tmp_path: Path, rows: str, said: str | None, more: str) -> None:
        """Run the test of rows on a pack with one row encoded and one not."""
        (tmp_path / "rows.csv").write_text(f"row,text\n{rows}", "utf-8")
        body = (
            "\n\n# row: A-1\n"
            + rule("signed", "attested", source='"s"')
            + f"[[unencoded]]\n{LEFT}"
            + more
        )
        made = self.contract(tmp_path, body, rows=tmp_path / "rows.csv")

        if said is None:
            made.test_rows()
        else:
            with pytest.raises(pytest.fail.Exception, match=said):
                made.test_rows()

    def test_inherited(self, pytester: pytest.Pytester) -> None:
        """Inherited in a test module, each case file is a test of its own."""
        folder = pytester.mkdir("cases")
        (folder / "pay.toml").write_text(CASE, "utf-8")
        (folder / "odd.toml").write_text(CASE.replace('"unknown"', '"met"'), "utf-8")
        packs = pytester.mkdir("sample_pack")
        body = HEAD + rule("signed", "attested", source='"s"')
        (packs / "pack.toml").write_text(body, "utf-8")
        (packs / "__init__.py").write_text(
            "from pathlib import Path\nfrom eduequity import hookimpl\n\n\n"
            "@hookimpl\ndef eduequity_packs():\n    return [Path(__file__).parent]\n"
        )
        pytester.makepyfile(
            test_sample="""
            import sample_pack
            from eduequity.testing import PackContract

            class TestSample(PackContract):
                plugin = sample_pack
                cases = "cases"
            """
        )
        pytester.makeini("[pytest]\npythonpath = .\n")
        result = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider")

        result.assert_outcomes(passed=8, failed=1, skipped=1)
        result.stdout.fnmatch_lines(["*government.class_size*", "*expected: met*"])


# -- draws ----------------------------------------------------------------------------


class TestStrategies:
    """What is drawn obeys the contract, and the engine stands it."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(testing.counties())
    def test_counties(self, county: ee.County) -> None:
        """A drawn county can be read, and says that it is synthetic."""
        facts = io.read([county])

        assert [county.code] == facts.codes
        assert county.synthetic

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(testing.facts(fields=REGISTRY.fields))
    def test_facts(self, facts: Facts) -> None:
        """Drawn facts are judged by every programme."""
        for programme in REGISTRY.rulebook.programmes:
            result = engine.evaluate(
                facts,
                REGISTRY.rulebook,
                REGISTRY.indicators,
                on=dt.date(2024, 12, 31),
                programme=programme,
            )

            assert len(facts) == len(result.to_dict()["counties"])

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(testing.packs())
    def test_packs(self, drawn: Pack) -> None:
        """Drawn packs hold at every boundary."""
        cases = testing.boundary_cases(drawn, REGISTRY)

        assert [] == [case.id for case in cases if case.run() is not case.expected]

    @settings(max_examples=10, deadline=None)
    @given(testing.teachers(), testing.schools(kinds=[ee.Kind.NINE_YEAR]))
    def test_records(self, teacher: ee.Teacher, school: ee.School) -> None:
        """Drawn records have what is required of them."""
        assert teacher.school
        assert teacher.stage in ee.Stage
        assert None not in (school.primary, school.junior)

    def test_fields_of_packs(self, tmp_path: Path) -> None:
        """The columns that packs declare are drawn too, and judged."""
        body = "".join(
            f'[[fields]]\ntable = "{table}"\nname = "{name}"\nlabel = '
            f'{{ zh = "{name}", en = "{name}" }}\n{rest}\n'
            for table, name, rest in (
                ("county", "parks", 'type = "yes_no"'),
                ("sections", "seats", 'type = "integer"\nunit = "count"'),
                (
                    "schools",
                    "roof",
                    'type = "choice"\nchoices = [{ code = "a", zh = "平", en = "f" }]',
                ),
            )
        )
        (tmp_path / "pack.toml").write_text(HEAD + body, "utf-8")
        registry = Registry.of(plugin(tmp_path))
        drawn: set[str] = set()

        @settings(
            max_examples=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(testing.facts(testing.counties(min_size=1), fields=registry.fields))
        def draw(facts: Facts) -> None:
            assert ee.evaluate(facts, registry=registry).to_dict()
            for frame in (facts.counties, facts.schools, facts.sections):
                drawn.update(frame.columns)

        draw()
        assert {"parks", "seats", "roof"} <= drawn


# -- nothing is loaded unasked --------------------------------------------------------


def test_nothing_of_the_extra_is_loaded() -> None:
    """Boundary cases, coverage and health need neither pytest nor hypothesis."""
    code = (
        "import sys; sys.modules['pytest'] = sys.modules['hypothesis'] = None\n"
        "from eduequity import testing\nfrom eduequity.registry import Registry\n"
        "registry = Registry.of()\n"
        "print(testing.health(registry.packs[0], registry))\n"
        "try:\n    testing.PackContract\n"
        "except ImportError as error:\n    print(type(error).__name__, error.extra)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ["()", "MissingExtraError testing"] == done.stdout.splitlines()


def test_names() -> None:
    """Every public name can be had, sorted; another is an AttributeError."""
    assert sorted(testing.__all__) == list(testing.__all__) == dir(testing)
    assert all(getattr(testing, name) is not None for name in testing.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        testing.nothing  # noqa: B018
