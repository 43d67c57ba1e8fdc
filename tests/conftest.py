"""What the core's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from eduequity.registry import Registry


_NATIONAL = Registry.of()


@pytest.fixture
def national_only(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Let the facade see our own packs alone, whatever else is installed."""
    monkeypatch.setattr("eduequity._facade.installed", lambda: _NATIONAL)
    return _NATIONAL


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """Start one local Spark for the whole session; skip where there is none."""
    reason = "pyspark is not installed (the extra spark; .ci/run installs it)"
    pytest.importorskip("pyspark", reason=reason)
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .appName("eduequity-tests")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
