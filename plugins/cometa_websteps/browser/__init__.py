"""Sentences that look at web pages and operate them."""

STEP_MODULES = (
    "cometa_websteps.browser.navigation",
    "cometa_websteps.browser.mouse",
    "cometa_websteps.browser.more_clicks",
    "cometa_websteps.browser.drag",
    "cometa_websteps.browser.keyboard",
    "cometa_websteps.browser.forms",
    "cometa_websteps.browser.scrolling",
    "cometa_websteps.browser.scrolling_inside",
    "cometa_websteps.browser.page_checks",
    "cometa_websteps.browser.page_expectations",
    "cometa_websteps.browser.element_checks",
    "cometa_websteps.browser.expectations",
    "cometa_websteps.browser.lists_of_texts",
    "cometa_websteps.browser.appearing",
    "cometa_websteps.browser.waiting",
    "cometa_websteps.browser.frames",
    "cometa_websteps.browser.javascript",
    "cometa_websteps.browser.remembering",
    "cometa_websteps.browser.authentication",
    "cometa_websteps.browser.diagnostics",
    "cometa_websteps.browser.highlighting",
    "cometa_websteps.browser.network",
)
"""The modules that hold the sentences, in the order of the reference."""
