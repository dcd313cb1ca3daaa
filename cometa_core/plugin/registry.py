"""The plugins of one runtime: two runtimes in one process share nothing."""

from collections.abc import Iterable, Sequence

import pluggy

from cometa_core.errors import PluginError
from cometa_core.plugin.discovery import Candidate, Loaded, in_call_order, installed_plugins, load, wanted_names
from cometa_core.plugin.dispatch import Dispatcher
from cometa_core.plugin.info import API_VERSION
from cometa_core.plugin.markers import PROJECT_NAME
from cometa_core.plugin.spec import SPECIFICATIONS


class Plugins:
    """All active plugins in call order, checked against the hook specifications.

    Attributes:
        installed: every installed plugin by name, also those that are not active.
        active: the active ones in call order.
        dispatch: calls their hooks.
    """

    def __init__(self, installed: dict[str, Candidate], active: Sequence[Loaded]) -> None:
        self.installed = installed
        self.active = tuple(active)
        self._manager = pluggy.PluginManager(PROJECT_NAME)
        for module in SPECIFICATIONS:
            self._manager.add_hookspecs(module)
        for plugin in self.active:
            self._register(plugin)
        self._check_hook_names()
        self.dispatch = Dispatcher(self._manager)

    def _register(self, plugin: Loaded) -> None:
        if plugin.info.api_version.split(".")[0] != API_VERSION.split(".")[0]:
            raise PluginError(
                f"The plugin {plugin.name} ({plugin.candidate.distribution}) was written for API "
                f"{plugin.info.api_version}; this is API {API_VERSION}. Install a version for this API."
            )
        try:
            self._manager.register(plugin.module, name=plugin.name)
        except pluggy.PluginValidationError as error:
            raise PluginError(
                f"The plugin {plugin.name} ({plugin.candidate.distribution}) has a hook with wrong arguments: {error}. "
                f"Mend it, or add {plugin.name} to cometa.plugins.disabled."
            ) from error

    def _check_hook_names(self) -> None:
        try:
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            name = self._manager.get_name(error.plugin)
            raise PluginError(
                f"The plugin {name} implements a hook that does not exist: {error}. Mend the name, or add {name} to "
                "cometa.plugins.disabled."
            ) from error

    def hooks_of(self, name: str) -> list[str]:
        """Name the hooks that a plugin implements, sorted."""
        plugin = self._manager.get_plugin(name)
        callers = self._manager.get_hookcallers(plugin) if plugin is not None else None
        return sorted(caller.name for caller in callers or [])

    def is_active(self, name: str) -> bool:
        """Tell whether a plugin is active."""
        return any(plugin.name == name for plugin in self.active)


def load_plugins(listed: Sequence[str] = (), disabled: Iterable[str] = ()) -> Plugins:
    """Find, import, order and check the wanted plugins.

    Args:
        listed: names in call order; empty = all installed.
        disabled: names to leave out.

    Raises:
        PluginError: anything about a plugin that cannot work; the sentence names plugin, distribution and remedy.
    """
    installed = installed_plugins()
    loaded = [load(installed[name]) for name in wanted_names(installed, listed, disabled)]
    return Plugins(installed, in_call_order(loaded))
