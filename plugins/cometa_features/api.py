"""What other plugins may import of the features plugin."""

from cometa_features.gherkin import FeatureFile, parse_feature_file
from cometa_features.sentences import feature_number, read_step
from cometa_features.texts import KEYWORDS, FeatureText, StepText

__all__ = ["KEYWORDS", "FeatureFile", "FeatureText", "StepText", "feature_number", "parse_feature_file", "read_step"]
