"""A contract of import-linter: of a plugin, others import its ``api`` alone.

One rule for all plugins, those to come included; its own modules are free.
"""

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

API = "api"


class PluginApiContract(Contract):
    """Holds when no package imports a module of another one that is not its ``api``."""

    type_name = "plugin_api"

    # Packages that everybody may use, as far as other contracts allow.
    public_packages = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - the linter's signature
        """Collect the imports that lead into a plugin past its api."""
        options: Any = self.session_options
        plugins = [name for name in options["root_packages"] if name not in set(self.public_packages)]
        found = sorted(
            (importer, module)
            for plugin in plugins
            for module in {plugin, *graph.find_descendants(plugin)} - {f"{plugin}.{API}"}
            for importer in graph.find_modules_that_directly_import(module)
            if importer.partition(".")[0] != plugin
        )
        return ContractCheck(kept=not found, metadata={"imports": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each of them."""
        for importer, module in check.metadata["imports"]:
            output.print_error(f"{importer} imports {module}")
