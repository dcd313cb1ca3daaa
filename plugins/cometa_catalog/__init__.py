"""Applications, environments, browsers and the list of step sentences."""
