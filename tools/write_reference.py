"""Write the pages of the documentation that repeat what the code declares: sentences, settings and permissions.

Run it after a change of any of them: ``.venv/bin/python tools/write_reference.py``.  Only what the distribution itself
brings is listed, whatever other plugins are installed, and nothing depends on the machine.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

from cometa_core.contracts.permissions import Permission
from cometa_core.declared import CORE_SETTINGS
from cometa_core.plugin.discovery import installed_plugins
from cometa_core.plugin.registry import Plugins, load_plugins
from cometa_core.settings import Setting
from cometa_runner.steps import StepDefinition, StepLibrary, load_vocabulary

DOCS = Path(__file__).parents[1] / "docs"
DISTRIBUTION = "cometa-core "
NOTICE = "<!-- Written by tools/write_reference.py: change the declarations in the code, then run it again. -->"
DEFAULTS_OF_THE_MACHINE = {
    "cometa.worker.name": "name of the machine",
    "cometa.worker.slots": "number of processors - 1",
}
"""Defaults that differ between machines, in words."""


def built_in_plugins() -> Plugins:
    """Load the plugins that this distribution brings."""
    return load_plugins(
        sorted(
            name for name, candidate in installed_plugins().items() if candidate.distribution.startswith(DISTRIBUTION)
        )
    )


def steps_page(plugins: Plugins) -> str:
    """Write one section a sentence, grouped by library and category."""
    libraries: list[StepLibrary] = [found for _, found in plugins.dispatch.collect("cometa_step_libraries").values()]
    definitions = load_vocabulary(libraries).definitions
    lines = [
        "# Every sentence",
        NOTICE,
        f"{len(definitions)} sentences, in the order of their libraries. `{{name}}` is where a value goes. Letter case "
        "of the fixed words and the number of blanks do not matter, the keyword (Given, When, Then, And, But, `*`) "
        "neither. Selectors are explained in [selectors](selectors.md), values in [variables and dates](variables.md), "
        "blocks in [loops, conditions and sub-features](blocks.md).",
    ]
    for library in libraries:
        own = [definition for definition in definitions if definition.library == library.name]
        lines.append(f"## Library `{library.name}`: {library.title.rstrip('.').lower()}")
        for category, group in groupby(sorted(own, key=lambda found: found.category), lambda found: found.category):
            lines.append(f"### {category.replace('-', ', ').capitalize()}")
            lines += [section for definition in group for section in step_section(definition)]
    return "\n\n".join(lines) + "\n"


def step_section(definition: StepDefinition) -> Iterator[str]:
    """Write the sentence, what it does, what its values mean, and an example."""
    yield f"#### `{definition.pattern}`"
    yield definition.summary.replace("``", "`")
    notes = [f"- **{found.name}** ({found.kind}): {found.meaning}" for found in definition.parameters]
    if definition.waits is not None:
        notes.append(f"- The step may take at least {definition.waits} + 5 seconds, whatever its timeout says.")
    if notes:
        yield "\n".join(notes)
    yield f"```gherkin\n* {definition.example}\n```"


def settings_page(plugins: Plugins) -> str:
    """Write one table a plugin with every key, its variable, default and meaning."""
    declared = [("core", setting) for setting in CORE_SETTINGS]
    declared += plugins.dispatch.collect("cometa_settings").values()
    lines = [
        "# Every setting",
        NOTICE,
        f"{len(declared)} keys. They are read from the section `[app:main]` of the ini file; the environment variable "
        "beside a key overrides the ini file, and options of the command line override both. Seconds may have "
        "fractions, lists are separated by blanks, commas or line ends, switches are `true` or `false`. An unknown key "
        "stops the start and names the nearest one that exists. `cometa config show` prints the effective values and "
        "where each came from.",
    ]
    for owner, group in groupby(declared, lambda found: found[0]):
        lines += [f"## {owner.capitalize()}", "\n".join(settings_table(setting for _, setting in group))]
    return "\n\n".join(lines) + "\n"


def settings_table(settings: Iterable[Setting]) -> Iterator[str]:
    """Write the rows of the settings of one plugin."""
    yield "| key | environment variable | default | meaning |"
    yield "|---|---|---|---|"
    for setting in settings:
        secret = " Secret: never shown." if setting.secret else ""
        yield f"| `{setting.key}` | `{setting.variable}` | {default_of(setting)} | {setting.help}{secret} |"


def default_of(setting: Setting) -> str:
    """Write the default of a setting as it would be written into the ini file; not set = a dash."""
    if setting.key in DEFAULTS_OF_THE_MACHINE:
        return DEFAULTS_OF_THE_MACHINE[setting.key]
    value = setting.default
    if value is None or value in ((), ""):
        return "-"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def permissions_page(plugins: Plugins) -> str:
    """Write one row a flag: what it allows, which roles have it, which scope a key needs."""
    found = plugins.dispatch.collect("cometa_permissions").values()
    lines = [
        "# Every permission",
        NOTICE,
        f"{len(found)} flags. A request that changes something needs the flag of the account's role **and** the scope "
        "of the key; a request that only reads needs the scope `read` whatever the table says. What a role has "
        "is read with `GET /api/permissions/`. Flags of mobiles and housekeeping wait for plugins "
        "that are not part of this release; roles show them all the same.",
        "\n".join(permissions_table(found)),
    ]
    return "\n\n".join(lines) + "\n"


def permissions_table(found: Iterable[tuple[str, Permission]]) -> Iterator[str]:
    """Write the rows of all flags."""
    yield "| flag | allows to | roles | scope of a key | plugin |"
    yield "|---|---|---|---|---|"
    for plugin, permission in found:
        roles = ", ".join(permission.roles) or "none; a plugin or a changed role may have it"
        yield f"| `{permission.name}` | {permission.text} | {roles} | `{permission.key_scope}` | {plugin} |"


PAGES: dict[str, Callable[[Plugins], str]] = {
    "tester/steps.md": steps_page,
    "operator/settings.md": settings_page,
    "api/permissions.md": permissions_page,
}
"""Page below docs/ -> what writes it."""


def main() -> None:
    """Write all pages and name those that changed."""
    plugins = built_in_plugins()
    for name, write in PAGES.items():
        path, text = DOCS / name, write(plugins)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"docs/{name} changed\n")


if __name__ == "__main__":
    main()
