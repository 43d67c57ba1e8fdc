"""
The registry: what is installed, found once and handed to the engine.

It is an object, not a module's state: `Registry.discover` looks for plugins in the
entry-point group ``eduequity``, `Registry.of` takes those it is given. What cannot be
used is kept in `failures` with its reason and never stops the rest.
"""

from __future__ import annotations

import functools
import importlib.metadata
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pluggy

from eduequity import hooks
from eduequity.errors import (
    EduEquityError,
    PackError,
    PluginError,
    Problem,
    UnknownNameError,
)
from eduequity.indicators import Indicator, check_indicators, column_names
from eduequity.model import Field
from eduequity.rules import (
    Condition,
    FieldSpec,
    Pack,
    Rulebook,
    Test,
    faults,
    load_pack,
    national,
)
from eduequity.vocab import Choice


if TYPE_CHECKING:
    from eduequity.engine import Assessment


__all__ = ["Plugin", "Registry", "version"]

DISABLE = "EDUEQUITY_DISABLE_PLUGINS"
"""Names of distributions not to load, separated by commas; ``*`` for all."""

TRACE = "EDUEQUITY_TRACE_PLUGINS"
"""Set to print every hook call to standard error."""


def version() -> str:
    """Return the version of eduequity that is installed."""
    return importlib.metadata.version("eduequity")


@attrs.frozen(eq=False)
class Plugin:
    """
    A plugin object and the distribution that brought it.

    Args:
        module: What has the hook implementations.

        distribution: Its distribution's name.

        version: Its distribution's version.

        areas: The areas that the distribution declares by the keyword
            ``eduequity-area-35``; packs of other areas are refused. Empty: any.
    """

    module: Any
    distribution: str = ""
    version: str = ""
    areas: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name and version, as messages say them."""
        return f"{self.distribution or repr(self.module)} {self.version}".strip()


@attrs.define(eq=False)
class Registry:
    """
    The plugins that were found, and those that could not be loaded.

    Args:
        plugins: In the order in which their hooks are called; ours first.

        failures: One per plugin or pack that was left out.
    """

    plugins: tuple[Plugin, ...]
    failures: list[PluginError] = attrs.field(factory=list)
    _cache: dict[str, Any] = attrs.field(factory=dict, init=False, repr=False)

    # -- finding ----------------------------------------------------------------

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
                found.append(Plugin(entry.load(), name, release, _areas(entry.dist)))
            except (Exception, SystemExit) as error:  # noqa: BLE001 - or even that
                reason = f"{type(error).__name__}: {error}"
                failures.append(PluginError(name, release, reason))
        registry = cls.of(*found)
        registry.failures = failures
        return registry

    def _fail(self, plugin: Plugin, error: BaseException) -> None:
        if plugin.module is national:
            raise error
        reason = str(error)
        if not isinstance(error, EduEquityError | pluggy.PluginValidationError):
            reason = f"{type(error).__name__}: {error}"
        name = plugin.distribution or repr(plugin.module)
        failure = PluginError(name, plugin.version, reason)
        if str(failure) not in map(str, self.failures):
            self.failures.append(failure)

    # -- calling hooks: one typed method each -------------------------------------

    def _managers(self) -> list[tuple[Plugin, pluggy.PluginManager]]:
        if "managers" not in self._cache:
            made = []
            for plugin in self.plugins:
                try:
                    made.append((plugin, _manager(plugin)))
                except pluggy.PluginValidationError as error:
                    self._fail(plugin, error)
            self._cache["managers"] = made
        managers: list[tuple[Plugin, pluggy.PluginManager]] = self._cache["managers"]
        return managers

    def _call(self, hook: str, **arguments: Any) -> Iterator[tuple[Plugin, Any]]:
        """Call one hook of every plugin; one that raises is left out."""
        for plugin, manager in self._managers():
            try:
                for each in getattr(manager.hook, hook)(**arguments):
                    yield plugin, each
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything
                self._fail(plugin, error)

    def _given(
        self, hook: str, parts: Callable[[Any], Iterable[Any]]
    ) -> tuple[tuple[Plugin, Any], ...]:
        """Return what a hook's results consist of, once; nonsense is left out."""
        if hook not in self._cache:
            found: list[tuple[Plugin, Any]] = []
            for plugin, result in self._call(hook):
                try:
                    found += [(plugin, each) for each in parts(result)]
                except (TypeError, AttributeError) as error:
                    self._fail(plugin, error)
            self._cache[hook] = tuple(found)
        given: tuple[tuple[Plugin, Any], ...] = self._cache[hook]
        return given

    def pack_folders(self) -> Iterator[tuple[Plugin, Path]]:
        """Yield the folder of every pack with the plugin that brings it."""
        yield from self._given(
            "eduequity_packs", lambda folders: list(map(Path, folders))
        )

    def review(self, assessment: Assessment) -> tuple[str, ...]:
        """Return what plugins note on a finished assessment."""
        return tuple(
            str(note)
            for _, notes in self._call("eduequity_review", assessment=assessment)
            for note in notes or ()
        )

    def readers(self) -> dict[str, Callable[[Path], Mapping[str, Any]]]:
        """Return the readers by suffix."""
        return self._by_suffix("eduequity_readers")

    def renderers(self) -> dict[str, Callable[..., None]]:
        """Return the renderers by suffix."""
        return self._by_suffix("eduequity_renderers")

    def _by_suffix(self, hook: str) -> dict[str, Any]:
        found: dict[str, tuple[Plugin, Any]] = {}
        for plugin, (suffix, function) in self._given(
            hook, lambda given: given.items()
        ):
            first, _ = found.setdefault(suffix, (plugin, function))
            if first is not plugin:
                self._fail(plugin, ValueError(f"{suffix} is taken by {first.name}"))
        return {suffix: function for suffix, (_, function) in found.items()}

    # -- what the plugins bring -----------------------------------------------------

    @property
    def packs(self) -> tuple[Pack, ...]:
        """The rule packs that can be used together, ours first."""
        if "packs" not in self._cache:
            self._cache["packs"] = tuple(self._load())
        packs: tuple[Pack, ...] = self._cache["packs"]
        return packs

    def _load(self) -> list[Pack]:
        """Load every pack by itself, then leave out those that do not fit together."""
        loaded: list[tuple[Plugin, Pack]] = []
        for plugin, folder in self.pack_folders():
            try:
                pack = load_pack(
                    folder, distribution=plugin.distribution, version=plugin.version
                )
                _check_areas(plugin, pack)
            except (PackError, ValueError) as error:
                self._fail(plugin, error)
            else:
                loaded.append((plugin, pack))
        made = self._made_indicators()
        for misfits in (_unfit, functools.partial(_misnamed, made=made)):
            loaded = self._without(loaded, misfits)
        return [pack for _, pack in loaded]

    def _without(
        self,
        loaded: list[tuple[Plugin, Pack]],
        misfits: Callable[[list[Pack]], Iterable[tuple[Pack, Exception]]],
    ) -> list[tuple[Plugin, Pack]]:
        """Leave packs out, one after another, until the rest fits together."""
        while True:
            errors: dict[int, list[Exception]] = {}
            for pack, error in misfits([each for _, each in loaded]):
                errors.setdefault(id(pack), []).append(error)
            if not errors:
                return loaded
            for plugin, pack in loaded:
                for error in errors.get(id(pack), ()):
                    self._fail(plugin, error)
            loaded = [each for each in loaded if id(each[1]) not in errors]

    def _made(self) -> dict[str, tuple[Plugin, Indicator]]:
        """Return the first formula of every name, with its plugin."""
        if "made" not in self._cache:
            owner: dict[str, tuple[Plugin, Indicator]] = {}
            for hook in ("eduequity_indicators", "eduequity_checks"):
                for plugin, each in self._given(hook, _only_indicators):
                    first, _ = owner.setdefault(each.name, (plugin, each))
                    if first is not plugin:
                        clash = f"indicator {each.name!r} is taken by {first.name}"
                        self._fail(plugin, ValueError(clash))
            self._cache["made"] = owner
        made: dict[str, tuple[Plugin, Indicator]] = self._cache["made"]
        return made

    def _made_indicators(self) -> dict[str, Indicator]:
        return {name: each for name, (_, each) in self._made().items()}

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """The formulas by name; those that cannot be worked out are left out."""
        if "indicators" not in self._cache:
            self._cache["indicators"] = self._checked_indicators()
        indicators: Mapping[str, Indicator] = self._cache["indicators"]
        return indicators

    def _checked_indicators(self) -> dict[str, Indicator]:
        names = {n for p in self.packs for n in (*p.parameters, *p.readings)}
        extra = {n for field in self.fields for n in field.names}
        made = self._made_indicators()
        try:
            return check_indicators(made.values(), names, extra)
        except (LookupError, ValueError):
            checked: dict[str, Indicator] = {}
        for plugin in self.plugins:  # which of them is it?
            own = [each for owner, each in self._made().values() if owner is plugin]
            try:
                checked = check_indicators([*checked.values(), *own], names, extra)
            except (LookupError, ValueError) as error:
                self._fail(plugin, error)
        return checked

    @property
    def rulebook(self) -> Rulebook:
        """The packs as one rulebook."""
        if "rulebook" not in self._cache:
            self._cache["rulebook"] = Rulebook(self.packs)
        rulebook: Rulebook = self._cache["rulebook"]
        return rulebook

    @property
    def fields(self) -> tuple[Field, ...]:
        """The inputs that packs declare, as fields of the model."""
        return self.fields_of(self.packs)

    def fields_of(self, packs: Iterable[Pack]) -> tuple[Field, ...]:
        """Return the inputs that some packs declare, as fields of the model."""
        specs = dict.fromkeys(spec for pack in packs for spec in pack.fields)
        return tuple(_field(spec) for spec in specs)

    @property
    def not_loaded(self) -> tuple[dict[str, str], ...]:
        """What a result says of the plugins that were not loaded."""
        _ = self.packs
        return tuple(
            {
                "distribution": each.distribution,
                "version": each.version,
                "reason": each.reason,
            }
            for each in self.failures
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


def _only_indicators(given: Iterable[Any]) -> list[Indicator]:
    found = list(given)
    for each in found:
        if not isinstance(each, Indicator):
            raise TypeError(f"{each!r} is no indicator: mark it with @indicator")
    return found


def _manager(plugin: Plugin) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hooks.GROUP)
    manager.add_hookspecs(hooks)
    manager.register(plugin.module, name=plugin.distribution or None)
    manager.check_pending()
    if os.environ.get(TRACE):
        manager.trace.root.setwriter(sys.stderr.write)
        manager.enable_tracing()
    return manager


def _areas(dist: importlib.metadata.Distribution | None) -> tuple[str, ...]:
    """Return the areas that a distribution's keywords declare."""
    metadata: Any = dist.metadata if dist else {}
    words = metadata.get("Keywords") or ""
    named = (word.strip() for word in words.replace(";", ",").split(","))
    prefix = "eduequity-area-"
    return tuple(w.removeprefix(prefix) for w in named if w.startswith(prefix))


def _check_areas(plugin: Plugin, pack: Pack) -> None:
    strange = [
        area
        for area in pack.info.areas
        if plugin.areas and not area.startswith(plugin.areas)
    ]
    if strange:
        raise ValueError(
            f"pack {pack.info.id} is for area {', '.join(map(repr, strange))}, but "
            f"{plugin.name} declares {', '.join(plugin.areas)}"
        )


def _unfit(packs: list[Pack]) -> Iterator[tuple[Pack, Exception]]:
    """Yield the packs that cannot stand beside those before them, with all reasons."""
    found: dict[tuple[int, type[Any]], tuple[Pack, list[Problem]]] = {}
    for pack, kind, problem in faults(packs):
        found.setdefault((id(pack), kind), (pack, []))[1].append(problem)
    for (_, kind), (pack, problems) in found.items():
        yield pack, kind(problems)


def _misnamed(
    packs: list[Pack], made: Mapping[str, Indicator]
) -> Iterator[tuple[Pack, Exception]]:
    """Yield packs whose names two kinds of things share, or that name nothing."""
    own = {id(pack): _declared(pack) for pack in packs}
    numbers = {n for pack in packs for n in (*pack.parameters, *pack.readings)}
    fields = {name for names in own.values() for name in names}
    columns = column_names(fields)
    known = columns | made.keys() | numbers | {"stage"}
    before: set[str] = set(columns - fields) | made.keys()
    earlier: set[str] = set()
    for pack in packs:
        mine = {*pack.parameters, *pack.readings}
        before |= own[id(pack)]
        earlier |= mine
        for name in sorted((mine & before) | (own[id(pack)] & earlier)):
            what = "column or an indicator" if name in mine else "parameter or reading"
            yield (
                pack,
                ValueError(
                    f"{pack.info.id}: {name!r} is a {what} already; a "
                    "parameter or reading needs a name of its own"
                ),
            )
        for path, name in _names_of(pack):
            if name not in known:
                yield pack, UnknownNameError(f"{path} of {pack.info.id}", name, known)
        yield from ((pack, error) for error in _undeclared(packs, pack))


def _declared(pack: Pack) -> set[str]:
    return {name for spec in pack.fields for name in _field(spec).names}


def _names_of(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield every column, indicator or reading that a pack's rules and values name."""
    keys = ("indicator", "against", "numerator", "denominator", "function", "weight")
    for rule_id, rule in pack.rules.items():
        named = [getattr(rule, key, None) for key in (*keys, "field")]
        named += getattr(rule, "of", ()) if rule.kind == "all" else ()
        if rule.kind in ("every", "trend"):
            named = named[:1]
        for name in filter(None, named):
            yield f"rules.{rule_id}", name
        for key in ("population", "meets", "rows"):
            for test in _tests(getattr(rule, key, ())):
                yield f"rules.{rule_id}.{key}", test.field
    for name, parameter in pack.parameters.items():
        for value in parameter.values:
            for test in _tests(value.where):
                yield f"parameters.{name}.where", test.field


def _tests(condition: Condition) -> Iterator[Test]:
    for tests in condition:
        yield from tests


def _undeclared(packs: list[Pack], pack: Pack) -> Iterator[UnknownNameError]:
    """Yield the numbers of a pack's rules that nobody above or beside it declares."""
    above = [
        each
        for each in packs
        if each.info.programme == pack.info.programme
        and any(mine.startswith(each.info.areas) for mine in pack.info.areas)
    ]
    declared = {n for p in above for n in (*p.parameters, *p.readings)}
    for rule_id, rule in pack.rules.items():
        for key in ("parameter", "minimum", "floor", "items"):
            name = getattr(rule, key, None)
            if name is not None and name not in declared:
                yield UnknownNameError(f"{key} of {rule_id}", name, declared)


def _field(spec: FieldSpec) -> Field:
    choices: Any = None
    if spec.choices:
        make: Any = Choice
        choices = make(
            spec.name, [(w.code, (w.code, w.zh, w.en)) for w in spec.choices]
        )
    return Field(
        table=spec.table,
        name=spec.name,
        type=spec.type,
        label=spec.label,
        unit=spec.unit,
        aliases=spec.aliases,
        minimum=0 if spec.min is None else spec.min,
        maximum=1 if spec.unit == "share" and spec.max is None else spec.max,
        choices=choices,
        per_stage=spec.per_stage or spec.table == "sections",
        period=spec.period,
    )
