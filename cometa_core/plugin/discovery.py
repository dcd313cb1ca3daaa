"""Which plugins exist, which are wanted, and in what order they are called.

Nothing is imported for a plugin that is not wanted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from cometa_core.errors import PluginError
from cometa_core.plugin.info import PluginInfo

ENTRY_POINT_GROUP = "cometa.plugins"


@dataclass(frozen=True)
class Candidate:
    """An installed plugin: entry point and the distribution that brings it."""

    name: str
    entry_point: EntryPoint

    @property
    def version(self) -> str:
        """Version of the distribution."""
        return self.entry_point.dist.version if self.entry_point.dist is not None else "unknown"

    @property
    def distribution(self) -> str:
        """Name and version of the distribution, for messages."""
        found = self.entry_point.dist
        return f"{found.name} {found.version}" if found is not None else "an unknown distribution"


@dataclass(frozen=True)
class Loaded:
    """A wanted plugin after its import."""

    candidate: Candidate
    module: ModuleType
    info: PluginInfo

    @property
    def name(self) -> str:
        """Name of the plugin."""
        return self.info.name


def installed_plugins() -> dict[str, Candidate]:
    """Find all installed plugins by name without importing any.

    Raises:
        PluginError: two distributions offer one name.
    """
    found: dict[str, Candidate] = {}
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        candidate = Candidate(entry_point.name, entry_point)
        other = found.get(candidate.name)
        if other is not None and other.entry_point.value != entry_point.value:
            raise PluginError(
                f"Two distributions offer a plugin named {candidate.name}: {other.distribution} and "
                f"{candidate.distribution}. Uninstall one of them."
            )
        found.setdefault(candidate.name, candidate)
    return found


def wanted_names(installed: Mapping[str, Candidate], listed: Sequence[str], disabled: Iterable[str]) -> list[str]:
    """Decide which plugins are wanted.

    Args:
        installed: all candidates.
        listed: names of the setting ``cometa.plugins``; empty = all that are installed.
        disabled: names of the setting ``cometa.plugins.disabled``.

    Raises:
        PluginError: a listed or disabled name is not installed.
    """
    disabled = list(disabled)
    for key, names in (("cometa.plugins", listed), ("cometa.plugins.disabled", disabled)):
        for name in names:
            if name not in installed:
                raise PluginError(
                    f"The plugin {name} is named in {key} but not installed. Install its distribution or remove the "
                    f"name from {key}. Installed: {', '.join(sorted(installed))}."
                )
    return [name for name in (listed or sorted(installed)) if name not in disabled]


def load(candidate: Candidate) -> Loaded:
    """Import one plugin and read its ``PLUGIN``.

    Raises:
        PluginError: the import fails or the module does not say what it is.
    """
    try:
        module = candidate.entry_point.load()
    except Exception as error:  # whatever a foreign module raises must name the plugin, not end in a traceback
        raise PluginError(
            f"The plugin {candidate.name} ({candidate.distribution}) cannot be imported: "
            f"{type(error).__name__}: {error}. Mend it, or add {candidate.name} to cometa.plugins.disabled."
        ) from error
    info = getattr(module, "PLUGIN", None)
    if not isinstance(info, PluginInfo) or info.name != candidate.name:
        raise PluginError(
            f"The plugin {candidate.name} ({candidate.distribution}) must define PLUGIN = PluginInfo(name="
            f"{candidate.name!r}, ...) in {candidate.entry_point.value}."
        )
    return Loaded(candidate, module, info)


def in_call_order(loaded: Sequence[Loaded]) -> list[Loaded]:
    """Order plugins as listed, with requirements pulled in front.

    Raises:
        PluginError: a requirement is not active, or requirements form a circle.
    """
    by_name = {plugin.name: plugin for plugin in loaded}
    ordered: dict[str, Loaded] = {}

    def place(plugin: Loaded, waiting: tuple[str, ...]) -> None:
        if plugin.name in ordered:
            return
        if plugin.name in waiting:
            raise PluginError(f"Plugins require each other: {' > '.join([*waiting, plugin.name])}.")
        for name in plugin.info.requires:
            if name not in by_name:
                raise PluginError(
                    f"The plugin {plugin.name} requires {name}, which is not active. Add {name} to cometa.plugins or "
                    f"add {plugin.name} to cometa.plugins.disabled."
                )
            place(by_name[name], (*waiting, plugin.name))
        ordered[plugin.name] = plugin

    for plugin in loaded:
        place(plugin, ())
    return list(ordered.values())
