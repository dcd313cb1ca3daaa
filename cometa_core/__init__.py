"""The core of Cometa Core: what plugin authors import from here is the public surface.

Importing this package loads nothing heavy: no Pyramid, no SQLAlchemy, no plugin.
"""

from cometa_core.plugin.info import API_VERSION, PluginInfo
from cometa_core.plugin.markers import hookimpl, hookspec

__all__ = ["API_VERSION", "PluginInfo", "__version__", "hookimpl", "hookspec"]

__version__ = "0.1.0"
