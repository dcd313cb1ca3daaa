"""The feature of the benchmark without Cometa: as a script of Selenium, and as a feature of plain behave."""
