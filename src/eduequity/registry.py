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
from typing import TYPE_CHECKING, Any, NamedTuple

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
    Fault,
    FieldSpec,
    Pack,
    Rulebook,
    Share,
    Test,
    faults,
    load_pack,
    located,
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
    """
    Return the version of eduequity that is installed.

    >>> import eduequity
    >>> eduequity.registry.version() == eduequity.__version__
    True
    """
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

    >>> import types
    >>> import eduequity as ee
    >>> from eduequity.registry import Plugin
    >>> Plugin(types.ModuleType("mars"), "eduequity-mars", "1.0").name
    'eduequity-mars 1.0'
    """

    module: Any
    distribution: str = ""
    version: str = ""
    areas: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name and version, as messages say them."""
        return f"{self.distribution or repr(self.module)} {self.version}".strip()


class _Loaded(NamedTuple):
    """A pack that was loaded, and where from."""

    plugin: Plugin
    folder: Path
    pack: Pack


@attrs.define(eq=False)
class Registry:
    """
    The plugins that were found, and those that could not be loaded.

    Args:
        plugins: In the order in which their hooks are called; ours first.

        failures: One per plugin or pack that was left out.

    >>> import eduequity as ee
    >>> registry = ee.Registry.of()  # the national packs alone
    >>> [pack.info.programme for pack in registry.packs]
    ['quality-balance', 'basic-balance', 'preschool-universal']
    >>> registry.failures, registry.not_loaded
    ([], ())
    >>> registry.rulebook.programmes == tuple(p.info.programme for p in registry.packs)
    True
    >>> registry.indicators["books_per_pupil"].label.zh
    '生均图书册数'
    >>> registry.pack("national-quality-balance").info.areas
    ('',)
    >>> plugin, folder = next(registry.pack_folders())
    >>> plugin.distribution, folder.name
    ('eduequity', 'quality_balance')
    >>> registry.fields == registry.fields_of(registry.packs)
    True
    >>> registry.readers(), registry.renderers()  # what plugins bring; ours is apart
    ({}, {})
    >>> result = ee.evaluate(ee.County(code="999901"), registry=registry)
    >>> registry.review(result)  # what plugins note on it
    ()
    >>> installed = ee.Registry.discover()  # with every plugin that is installed
    >>> installed.packs[: len(registry.packs)] == registry.packs
    True
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
        """
        Return a registry of every plugin that is installed, after our own.

        One that fails to load is kept as a failure; those that the environment variable
        ``EDUEQUITY_DISABLE_PLUGINS`` names (``*``: all) are not loaded.
        """
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
        """
        Return what plugins note on a finished assessment.

        Args:
            assessment: What `eduequity.evaluate` returned.
        """
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
        loaded: list[_Loaded] = []
        for plugin, folder in self.pack_folders():
            try:
                pack = load_pack(
                    folder, distribution=plugin.distribution, version=plugin.version
                )
            except PackError as error:
                self._fail(plugin, error)
                continue
            strange = [located(folder, each) for each in _strange_areas(plugin, pack)]
            if strange:
                self._fail(plugin, PackError(strange))
            else:
                loaded.append(_Loaded(plugin, folder, pack))
        made = self._made_indicators()
        for misfits in (faults, functools.partial(_misnamed, made=made)):
            loaded = self._without(loaded, misfits)
        return [each.pack for each in loaded]

    def _without(
        self,
        loaded: list[_Loaded],
        misfits: Callable[[list[Pack]], Iterable[Fault]],
    ) -> list[_Loaded]:
        """Leave packs out, with all that is wrong with them, until the rest fits."""
        while True:
            wrong: dict[int, list[Problem]] = {}
            for pack, _, problem in misfits([each.pack for each in loaded]):
                wrong.setdefault(id(pack), []).append(problem)
            if not wrong:
                return loaded
            for each in loaded:
                if id(each.pack) in wrong:
                    problems = (located(each.folder, p) for p in wrong[id(each.pack)])
                    self._fail(each.plugin, PackError(problems))
            loaded = [each for each in loaded if id(each.pack) not in wrong]

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
        """
        Return the inputs that some packs declare, as fields of the model.

        Args:
            packs: The packs.
        """
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
        Return the pack of an id.

        Args:
            name: Such as ``national-quality-balance``.

        Raises:
            UnknownNameError: There is none; the error knows those there are.
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


def _strange_areas(plugin: Plugin, pack: Pack) -> Iterator[Problem]:
    for area in pack.info.areas:
        if plugin.areas and not area.startswith(plugin.areas):
            declared = ", ".join(plugin.areas)
            yield Problem(
                code="pack-area",
                sheet="pack.areas",
                zh=f"{area!r}，但 {plugin.name} 声明的地区为 {declared}",
                en=f"{area!r}, but {plugin.name} declares {declared}",
            )


def _misnamed(packs: list[Pack], made: Mapping[str, Indicator]) -> Iterator[Fault]:
    """Yield names that two kinds of things share, or that nobody declares."""
    own = {id(pack): _declared(pack) for pack in packs}
    numbers = {n for pack in packs for n in (*pack.parameters, *pack.readings)}
    fields = {name for names in own.values() for name in names}
    columns = column_names(fields)
    known = columns | made.keys() | numbers | {"stage"}
    before = (columns - fields) | made.keys()
    earlier: set[str] = set()
    for pack in packs:
        mine = {
            **dict.fromkeys(pack.parameters, "parameters"),
            **dict.fromkeys(pack.readings, "readings"),
        }
        before |= own[id(pack)].keys()
        earlier |= mine.keys()
        for name in sorted((mine.keys() & before) | (own[id(pack)].keys() & earlier)):
            path = f"{mine[name]}.{name}" if name in mine else own[id(pack)][name]
            yield pack, PackError, _name_taken(path, name)
        for path, name in _names_of(pack):
            if name not in known:
                yield pack, PackError, _unknown(path, "", name, known)
        yield from ((pack, PackError, each) for each in _undeclared(packs, pack))


def _name_taken(path: str, name: str) -> Problem:
    return Problem(
        code="name-taken",
        sheet=path,
        zh=f"{name!r} 已是列、指标、参数或口径的名字，须另取一名",
        en=f"{name!r} is a column, an indicator, a parameter or a reading already; "
        "expected a name of its own",
    )


def _unknown(path: str, what: str, name: str, known: Iterable[str]) -> Problem:
    error = UnknownNameError(what or "column or indicator", name, known)
    return Problem(code="unknown-name", sheet=path, zh=str(error), en=str(error))


def _declared(pack: Pack) -> dict[str, str]:
    """Return the columns that a pack declares, each with its path."""
    return {
        name: f"fields[{number}].name"
        for number, spec in enumerate(pack.fields)
        for name in _field(spec).names
    }


def _names_of(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield every column, indicator or reading that a pack's rules and values name."""
    keys = ("indicator", "against", "numerator", "denominator", "function", "weight")
    for rule_id, rule in pack.rules.items():
        path = f"rules.{rule_id.rpartition('.')[2]}"
        there = keys[:1] if rule.kind in ("every", "trend") else (*keys, "field")
        for key in there:
            name = getattr(rule, key, None)
            if name:
                yield f"{path}.{key}", name
        for name in getattr(rule, "of", ()) if rule.kind == "all" else ():
            yield f"{path}.of", name
        for key in ("population", "meets", "rows"):
            for test in _tests(getattr(rule, key, ())):
                yield f"{path}.{key}", test.field
    for name, parameter in pack.parameters.items():
        for number, value in enumerate(parameter.values):
            for test in _tests(value.where):
                yield f"parameters.{name}.values[{number}].where", test.field


def _tests(condition: Condition) -> Iterator[Test]:
    for tests in condition:
        yield from tests


def _undeclared(packs: list[Pack], pack: Pack) -> Iterator[Problem]:
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
                path = f"rules.{rule_id.rpartition('.')[2]}.{key}"
                yield _unknown(path, f"{key} of {rule_id}", name, declared)
        if not isinstance(rule, Share) or rule.reaches is None:
            continue
        if not _fits(rule.reaches, rule, above):
            path = f"rules.{rule_id.rpartition('.')[2]}.reaches"
            thresholds = [
                name
                for each in above
                for name, there in each.rules.items()
                if _fits(name, rule, [each])
            ]
            yield _unknown(
                path, f"threshold over {rule.over}", rule.reaches, thresholds
            )


def _fits(name: str, rule: Share, packs: list[Pack]) -> bool:
    """Tell whether a name is that of a threshold over the units that a share counts."""
    there = next((pack.rules[name] for pack in packs if name in pack.rules), None)
    return there is not None and there.kind == "threshold" and there.scope is rule.over


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
