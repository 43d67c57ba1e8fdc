"""What users import: names, laziness, records."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import subprocess
import sys
from typing import Any

import attrs
import pytest

import eduequity as ee
from eduequity import errors
from eduequity.model import TABLES


def _loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(  # noqa: S603 - our own interpreter and statement
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_all_is_what_there_is() -> None:
    """Every name of `__all__` can be had, they are sorted, `dir` shows no other."""
    assert sorted(ee.__all__) == list(ee.__all__)
    assert {*ee.__all__, "__version__"} == set(dir(ee))
    for name in ee.__all__:
        assert getattr(ee, name) is not None


def test_all_is_importable_everywhere() -> None:
    """Every `__all__` of the package names only what its module has."""
    for found in pkgutil.walk_packages(ee.__path__, "eduequity."):
        if found.name == "eduequity.__main__":
            continue
        module = importlib.import_module(found.name)
        for name in getattr(module, "__all__", ()):
            assert hasattr(module, name), f"{found.name}.{name}"


def test_unknown_name() -> None:
    """A name that is not there is an AttributeError that says so."""
    with pytest.raises(AttributeError, match="has no attribute 'evaluat'"):
        ee.evaluat  # noqa: B018


def test_import_is_lean() -> None:
    """`import eduequity` loads none of numpy, cattrs and narwhals."""
    loaded = _loaded_after("import eduequity")
    assert set() == loaded & {"numpy", "cattrs", "narwhals", "attrs"}


def test_evaluate_loads_no_extra() -> None:
    """Evaluating loads nothing that only an extra brings."""
    loaded = _loaded_after(
        "import eduequity as ee\nee.evaluate(ee.County(code='999901')).to_dict()"
    )
    extras = {"rich", "cyclopts", "polars", "pandas", "pyarrow", "python_calamine"}
    assert set() == loaded & extras


def test_records_take_words() -> None:
    """Records accept words for choices and dates, and refuse what cannot be."""
    words: dict[str, Any] = {"kind": "primary", "owner": "public"}
    school = ee.School(code="1", name="一", **words)
    assert ee.Kind.PRIMARY is school.kind
    when: dict[str, Any] = {"basic_balance_recognised_on": "2016-10"}
    recognised = ee.County(code="999901", **when).basic_balance_recognised_on
    assert ee.PartialDate(dt.date(2016, 10, 1), dt.date(2016, 10, 31)) == recognised
    with pytest.raises(ValueError, match="is below 0"):
        ee.Section(pupils=-1)
    with pytest.raises(ValueError, match="whole number"):
        ee.Section(pupils=1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="kinder"):
        ee.School(code="1", name="一", **{**words, "kind": "kinder"})


def test_records_are_frozen() -> None:
    """A record cannot be changed by accident."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        ee.Section(pupils=1).pupils = 2  # type: ignore[misc]


def test_fields_have_both_labels() -> None:
    """Every field of the dictionary is labelled in Chinese and in English."""
    for fields in TABLES.values():
        for field in fields:
            assert field.label.zh
            assert field.label.en
            assert field.label.zh != field.label.en


def test_no_names_of_people() -> None:
    """Teachers have no name, identity number or ethnicity."""
    asked = {field.name for field in TABLES["teachers"]}
    assert set() == asked & {"name", "identity_number", "id_number", "ethnicity"}


def test_errors_travel() -> None:
    """Every error can be pickled, derives from our base and from a builtin."""
    import pickle

    problem = errors.Problem(code="x", zh="甲", en="a", file="f", sheet="s", cell="c")
    made: list[Any] = [
        errors.InputError([problem]),
        errors.PackError([problem]),
        errors.PackConflictError([problem]),
        errors.PluginError("d", "1", "why"),
        errors.UnknownNameError("rule", "clas_size", ["class_size"]),
        errors.OptionError("o", "c", ["a", "b"]),
        errors.OutputError("p", "甲", "a"),
        errors.MissingExtraError("cli", "the command line"),
    ]
    for error in made:
        assert isinstance(error, ee.EduEquityError)
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
        assert str(error) == str(again)
    assert "f:s!c: 甲" == made[0].text("zh")
    assert "class_size" == made[4].did_you_mean
