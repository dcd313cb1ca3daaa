"""What tests of Cometa Core and of its plugins may use: private database and queue servers.

``cometa_core.testing.plugin`` is a pytest plugin; a project switches it on with
``pytest_plugins = ["cometa_core.testing.plugin"]`` in its top ``conftest.py``.
"""
