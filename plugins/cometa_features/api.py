"""What other plugins may import of the features plugin."""

from cometa_features.gherkin import FeatureFile, parse_feature_file
from cometa_features.texts import KEYWORDS, FeatureText, StepText

__all__ = ["KEYWORDS", "FeatureFile", "FeatureText", "StepText", "parse_feature_file"]
