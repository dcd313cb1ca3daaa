"""A plugin that offers the sentences of the tests to whole workers."""

from cometa_core import PluginInfo, hookimpl
from cometa_runner.steps import StepLibrary

PLUGIN = PluginInfo("sample", "Sentences for tests")


@hookimpl
def cometa_step_libraries():
    """Offer steps that pass, fail, wait and hang, and steps that misuse the pipes of a runner."""
    yield StepLibrary("sample", "sample_steps", "Steps for tests")
    yield StepLibrary("misuse", "misusing_steps", "Steps that misuse the pipes of a runner")
