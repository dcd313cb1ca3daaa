"""What the screenshots plugin adds."""

from collections.abc import Iterable

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.permissions import Permission
from cometa_core.settings import Setting, as_integer

PLUGIN = PluginInfo("screenshots", "Pictures of steps", requires=("executions",))


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare how much room derived pictures take."""
    return [
        Setting(
            "cometa.screenshot.cache_megabytes",
            1000,
            "Room for WebP and JPEG forms of pictures in the data folder.",
            as_integer,
        )
    ]


@hookimpl
def cometa_permissions() -> Iterable[Permission]:
    """Declare the flag of removing pictures.  Contract: rest-api A3.1."""
    return [Permission("remove_screenshot", "Remove pictures.", ("SUPERUSER",))]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the routes."""
    config.scan("cometa_screenshots.views")
