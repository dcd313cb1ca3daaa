"""What the plugin adds."""

from cometa_core import PluginInfo

PLUGIN = PluginInfo("schedules", "Cron schedules of features", requires=("accounts", "features", "executions"))
