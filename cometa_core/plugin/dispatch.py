"""The ways in which hooks are called; which one holds for a hook is stated in its specification."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pluggy

from cometa_core.errors import PluginError

logger = logging.getLogger(__name__)


class Dispatcher:
    """Calls the implementations of hooks, first listed plugin first."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager

    def implementations(self, hook: str) -> Iterator[tuple[str, Callable[..., Any]]]:
        """Yield plugin name and a function that takes keyword arguments, in call order."""
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        # pluggy keeps the order of registration here and would call the last first; we call the first listed first.
        for found in caller.get_hookimpls():
            yield found.plugin_name, _accepting(found.function, found.argnames)

    def collect(self, hook: str, **arguments: object) -> dict[str, tuple[str, Any]]:
        """Ask all plugins and key what they return by its name (``name`` or ``key``).

        Returns:
            Name of the item -> (plugin, item), in call order.

        Raises:
            PluginError: two plugins return an item of one name.
        """
        found: dict[str, tuple[str, Any]] = {}
        for plugin, item in self.gather(hook, **arguments):
            name = getattr(item, "name", None) or item.key
            if name in found:
                raise PluginError(f"{hook}: the plugins {found[name][0]} and {plugin} both define {name}.")
            found[name] = (plugin, item)
        return found

    def gather(self, hook: str, **arguments: object) -> Iterator[tuple[str, Any]]:
        """Ask all plugins and yield (plugin, item) of everything that they return."""
        for plugin, function in self.implementations(hook):
            result = function(**arguments)
            items = result if isinstance(result, Iterable) else [] if result is None else [result]
            yield from ((plugin, item) for item in items)

    def register(self, hook: str, make: Callable[[str], dict[str, object]]) -> None:
        """Give each plugin an object of its own to register on.

        Args:
            hook: name of the hook.
            make: gets the name of the plugin and returns the arguments of the call.
        """
        for plugin, function in self.implementations(hook):
            function(**make(plugin))

    def inline(self, hook: str, **arguments: object) -> None:
        """Call all plugins in order; the first exception ends it and is the caller's."""
        for _plugin, function in self.implementations(hook):
            function(**arguments)

    def notify(self, hook: str, **arguments: object) -> None:
        """Tell all plugins; an exception is logged with the plugin's name and changes nothing."""
        for plugin, function in self.implementations(hook):
            try:
                function(**arguments)
            except Exception:  # a listener must never change what already happened
                logger.exception("Plugin %s failed in %s", plugin, hook)


def _accepting(function: Callable[..., Any], names: Iterable[str]) -> Callable[..., Any]:
    """Pass only the arguments that an implementation asks for: hooks may grow arguments."""
    wanted = tuple(names)

    def call(**arguments: object) -> Any:
        return function(**{name: arguments[name] for name in wanted})

    return call
