"""What BrowserStack adds."""

from collections.abc import Iterable

from pyramid.config import Configurator

from cometa_core import PluginInfo, hookimpl
from cometa_core.settings import Setting

PLUGIN = PluginInfo("browserstack", "The browsers that BrowserStack offers", requires=("accounts", "catalog"))

LIST_OF_BROWSERS = "https://api.browserstack.com/automate/browsers.json"


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare the credentials and where the list of browsers is."""
    return [
        Setting("cometa.browserstack.username", None, "Name of the BrowserStack account."),
        Setting("cometa.browserstack.access_key", None, "Its access key.", secret=True),
        Setting("cometa.browserstack.browsers_url", LIST_OF_BROWSERS, "Address of the list of its browsers."),
    ]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the route."""
    config.scan("cometa_browserstack.views")
