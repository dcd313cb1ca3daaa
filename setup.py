"""Package Cometa Core.

The source tree has two roots besides the repository's own (``plugins/`` and ``runners/``): each folder in them is a
top-level package and could be a distribution of its own.  ``alembic/`` is installed as ``cometa_migrations`` because a
package called ``alembic`` would hide the library, and ``examples/demo`` as ``cometa_demo`` so that the demonstration
works from a wheel too.
"""

from pathlib import Path

from setuptools import find_namespace_packages, setup

ROOT = Path(__file__).parent

SOURCE_ROOTS = {
    "cometa_core": "cometa_core",
    "cometa_migrations": "alembic",
    "cometa_demo": "examples/demo",
    **{path.name: f"plugins/{path.name}" for path in sorted((ROOT / "plugins").glob("cometa_*"))},
    **{path.name: f"runners/{path.name}" for path in sorted((ROOT / "runners").glob("cometa_*"))},
}


def packages_of(name: str, folder: str) -> list[str]:
    """Name the package and everything importable below it."""
    return [name, *(f"{name}.{found}" for found in find_namespace_packages(folder, exclude=["*__pycache__*"]))]


setup(
    name="cometa-core",
    version="0.1.0",
    description="A server for browser tests that people write as sentences",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    license="MIT",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    package_dir=SOURCE_ROOTS,
    packages=[package for name, folder in SOURCE_ROOTS.items() for package in packages_of(name, folder)],
    package_data={
        "": ["py.typed", "*.mako", "*.html", "*.css", "*.js", "*.svg", "*.feature", "*.json", "*.ini"],
    },
    install_requires=[
        "alembic>=1.20",
        "allure-python-commons>=2.16,<3",
        "behave>=1.3.3,<2",
        "blazediff>=6,<7",
        "click>=8.3",
        "cornice>=6.1,<7",
        "cronsim>=2.8",
        "cryptography>=48",
        "cucumber-messages>=34,<35",
        "Faker>=40",
        "defusedxml>=0.7",
        "huey>=3.5,<4",
        "jq>=1.11,<2",
        "Jinja2>=3.1",
        "junitparser>=5,<6",
        "limits>=5.8,<6",
        "openapi-ui-bundles>=0.3,<0.4",
        "openpyxl>=3.1.5,<4",
        "Pillow>=13",
        "pluggy>=1.7",
        "prometheus_client>=0.26",
        "psutil>=7",
        "psycopg[binary]>=3.3",
        "pyahocorasick>=2.3,<3",
        "pydantic>=2.14,<3",
        "PyJWT[crypto]>=2.15",
        "pyramid>=2.1,<3",
        "pyramid_retry>=2.1",
        "pyramid_tm>=2.6",
        "python-slugify>=8",
        "redis>=8",
        "rich>=15",
        "rstr>=3.2,<4",
        "selenium>=4.51,<5",
        # Carries axe-core (MPL-2.0), which examines pages for barriers.
        "selenium-axe-python>=2.2,<3",
        # Pyramid and Cornice import pkg_resources, which setuptools 82 removed.
        "setuptools>=77,<82",
        "sqlalchemy>=2.1,<3",
        "urllib3>=2.6",
        "waitress>=3",
        "websockets>=17",
        "zope.sqlalchemy>=4.1",
    ],
    extras_require={
        "test": [
            "aiosmtpd",
            "hypothesis",
            "jsonschema",
            "openapi-spec-validator",
            "pytest",
            "pytest-cov",
            "pytest-timeout",
            "pytest-xdist",
            "time-machine",
            "WebTest",
        ],
        "check": ["import-linter", "mypy", "ruff", "types-openpyxl", "types-psutil"],
    },
    entry_points={
        "paste.app_factory": ["main = cometa_core.app:main"],
        "console_scripts": ["cometa = cometa_core.cli.main:main"],
        "cometa.plugins": [
            "accounts = cometa_accounts.plugin",
            "catalog = cometa_catalog.plugin",
            "features = cometa_features.plugin",
            "executions = cometa_executions.plugin",
            "screenshots = cometa_screenshots.plugin",
            "variables = cometa_variables.plugin",
            "schedules = cometa_schedules.plugin",
            "browserstack = cometa_browserstack.plugin",
            "notifications = cometa_notifications.plugin",
            "reports = cometa_reports.plugin",
            "live = cometa_live.plugin",
            "websteps = cometa_websteps.plugin",
            "worker = cometa_worker.plugin",
            "demo = cometa_demo.plugin",
        ],
    },
    zip_safe=False,
)
