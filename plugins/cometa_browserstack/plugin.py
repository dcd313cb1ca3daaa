"""What the plugin adds."""

from cometa_core import PluginInfo

PLUGIN = PluginInfo("browserstack", "The browsers that BrowserStack offers", requires=("accounts", "catalog"))
