"""Results as files that other tools read: JUnit, Cucumber, Allure, and one page with everything in it."""
