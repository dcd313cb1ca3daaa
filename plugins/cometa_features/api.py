"""What other plugins may import of the features plugin."""

from cometa_features.gherkin import FeatureFile, parse_feature_file
from cometa_features.models import Feature, Step
from cometa_features.scheduling import offer_schedules
from cometa_features.sentences import feature_number, read_step
from cometa_features.services.importing import create_feature
from cometa_features.services.reading import step_rules, visible_feature
from cometa_features.services.saving import set_latest_run
from cometa_features.services.texts import listed_steps, load_texts
from cometa_features.texts import KEYWORDS, FeatureText, StepText

__all__ = [
    "KEYWORDS",
    "Feature",
    "FeatureFile",
    "FeatureText",
    "Step",
    "StepText",
    "create_feature",
    "feature_number",
    "listed_steps",
    "load_texts",
    "offer_schedules",
    "parse_feature_file",
    "read_step",
    "set_latest_run",
    "step_rules",
    "visible_feature",
]
