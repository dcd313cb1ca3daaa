"""What BrowserStack adds."""

from collections.abc import Iterable

from pyramid.config import Configurator

from cometa_browserstack.cloud import BrowserStackCloud
from cometa_core import PluginInfo, hookimpl
from cometa_core.contracts.clouds import Cloud
from cometa_core.runtime import Runtime
from cometa_core.settings import Setting, as_boolean

PLUGIN = PluginInfo("browserstack", "The browsers that BrowserStack offers", requires=("accounts", "catalog"))

LIST_OF_BROWSERS = "https://api.browserstack.com/automate/browsers.json"
API = "https://api.browserstack.com/automate"
HUB = "https://hub-cloud.browserstack.com/wd/hub"


@hookimpl
def cometa_settings() -> Iterable[Setting]:
    """Declare the credentials and where the list of browsers is."""
    return [
        Setting("cometa.browserstack.username", None, "Name of the BrowserStack account."),
        Setting("cometa.browserstack.access_key", None, "Its access key.", secret=True),
        Setting("cometa.browserstack.browsers_url", LIST_OF_BROWSERS, "Address of the list of its browsers."),
        Setting("cometa.browserstack.hub_url", HUB, "Address of its hub; never with credentials."),
        Setting("cometa.browserstack.api_url", API, "Address that takes the status of sessions."),
        Setting("cometa.browserstack.local", False, "Lead its browsers through your BrowserStack tunnel.", as_boolean),
    ]


@hookimpl
def cometa_clouds(runtime: Runtime) -> Iterable[Cloud]:
    """Offer the cloud."""
    return [BrowserStackCloud(runtime)]


@hookimpl
def cometa_includeme(config: Configurator) -> None:
    """Add the route."""
    config.scan("cometa_browserstack.views")
