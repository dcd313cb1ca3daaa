"""What other plugins may import of the features plugin."""

from cometa_features.texts import KEYWORDS, FeatureText, StepText

__all__ = ["KEYWORDS", "FeatureText", "StepText"]
