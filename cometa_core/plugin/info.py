"""What a plugin says about itself."""

from dataclasses import dataclass

API_VERSION = "1.0"
"""Version of the hook specifications and contracts; moves apart from releases of the product."""


@dataclass(frozen=True)
class PluginInfo:
    """Name, purpose and needs of one plugin; its ``plugin.py`` holds one as ``PLUGIN``.

    Attributes:
        name: name of the entry point in the group ``cometa.plugins``, also the prefix of its tables.
        title: one sentence for ``cometa plugins``.
        requires: names of the plugins that must be active and come first.
        api_version: version of the hook specifications that it was written for.
    """

    name: str
    title: str
    requires: tuple[str, ...] = ()
    api_version: str = API_VERSION
