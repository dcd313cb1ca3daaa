"""What the plugin adds."""

from cometa_core import PluginInfo

PLUGIN = PluginInfo("variables", "Stored variables and encrypted texts", requires=("accounts", "catalog", "features", "executions"))
