"""What the core's tests share."""

from __future__ import annotations

import pytest

from eduequity.registry import Registry


_NATIONAL = Registry.of()


@pytest.fixture
def national_only(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Let the facade see our own packs alone, whatever else is installed."""
    monkeypatch.setattr("eduequity._facade.installed", lambda: _NATIONAL)
    return _NATIONAL
