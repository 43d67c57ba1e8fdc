"""
The registry: what is installed, found once and handed to the engine.

It is an object, not a module's state: `Registry.discover` looks for plugins in the
entry-point group ``eduequity``, `Registry.of` takes those it is given.
"""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs
import pluggy

from eduequity import hooks
from eduequity.errors import PackError, PluginError, UnknownNameError
from eduequity.indicators import Indicator, check_indicators
from eduequity.rules import Pack, Rulebook, load_pack, national


__all__ = ["Plugin", "Registry", "version"]

DISABLE = "EDUEQUITY_DISABLE_PLUGINS"
"""Names of distributions not to load, separated by commas; ``*`` for all."""


def version() -> str:
    """Return the version of eduequity that is installed."""
    return importlib.metadata.version("eduequity")


@attrs.frozen(eq=False)
class Plugin:
    """A plugin object and the distribution that brought it."""

    module: Any
    distribution: str = ""
    version: str = ""


@attrs.define(eq=False)
class Registry:
    """
    The plugins that were found, and those that could not be loaded.

    Args:
        plugins: In the order in which their hooks are called.

        failures: One per plugin that was not loaded.
    """

    plugins: tuple[Plugin, ...]
    failures: list[PluginError] = attrs.field(factory=list)

    @classmethod
    def of(cls, *plugins: Plugin | object, builtin: bool = True) -> Registry:
        """
        Make a registry of *plugins*, after our own unless *builtin* is False.

        Args:
            plugins: Modules or objects with hook implementations.

            builtin: Whether the national packs come first.
        """
        given = (each if isinstance(each, Plugin) else Plugin(each) for each in plugins)
        own = (Plugin(national, "eduequity", version()),) if builtin else ()
        return cls((*own, *given))

    @classmethod
    def discover(cls) -> Registry:
        """Find every installed plugin; one that fails to load is kept as a failure."""
        found: list[Plugin] = []
        failures: list[PluginError] = []
        disabled = {w.strip() for w in os.environ.get(DISABLE, "").split(",")}
        for entry in importlib.metadata.entry_points(group=hooks.GROUP):
            name = entry.dist.name if entry.dist else entry.name
            release = entry.dist.version if entry.dist else ""
            if disabled & {"*", name, entry.name}:
                failures.append(PluginError(name, release, f"disabled by {DISABLE}"))
                continue
            try:
                found.append(Plugin(entry.load(), name, release))
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                reason = f"{type(error).__name__}: {error}"
                failures.append(PluginError(name, release, reason))
        registry = cls.of(*found)
        registry.failures = failures
        return registry

    # -- what the plugins bring ----------------------------------------------------

    def _manager(self, plugin: Plugin) -> pluggy.PluginManager:
        manager = pluggy.PluginManager(hooks.GROUP)
        manager.add_hookspecs(hooks)
        manager.register(plugin.module, name=plugin.distribution or None)
        manager.check_pending()
        return manager

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """The rule packs; one with defects is kept as a failure, unless it is ours."""
        loaded: list[Pack] = []
        for plugin in self.plugins:
            try:
                folders = self._manager(plugin).hook.eduequity_packs()
                loaded += [
                    load_pack(
                        folder,
                        distribution=plugin.distribution,
                        version=plugin.version,
                    )
                    for each in folders
                    for folder in each
                ]
            except (PackError, pluggy.PluginValidationError) as error:
                if plugin.module is national:
                    raise
                self._failed(plugin, error)
        return tuple(loaded)

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """The formulas by name, each checked for inputs that nobody declares."""
        made: list[Indicator] = []
        for plugin in self.plugins:
            for each in self._manager(plugin).hook.eduequity_indicators():
                made += each
        names = {n for p in self.packs for n in (*p.parameters, *p.readings)}
        return check_indicators(made, names)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The packs as one rulebook."""
        return Rulebook(self.packs)

    @property
    def not_loaded(self) -> tuple[dict[str, str], ...]:
        """What a result says of the plugins that were not loaded."""
        return tuple(
            {
                "distribution": each.distribution,
                "version": each.version,
                "reason": each.reason,
            }
            for each in self.failures
        )

    def _failed(self, plugin: Plugin, error: Exception) -> None:
        self.failures.append(
            PluginError(plugin.distribution, plugin.version, str(error))
        )

    def pack(self, name: str) -> Pack:
        """
        Return the pack of that id.

        Raises:
            UnknownNameError: There is none.
        """
        for each in self.packs:
            if each.info.id == name:
                return each
        raise UnknownNameError("pack", name, (p.info.id for p in self.packs))
