"""One plain step function a sentence, for behave with Selenium alone."""

from behave import step
from behave.runner import Context
from calls import click, hover, see, text_contains, title_is, visit


@step('open "{page}"')
def open_page(context: Context, page: str) -> None:
    """Open a page of the shop."""
    visit(context.driver, f"{context.config.userdata['shop']}/{page}")


@step('the title is "{title}"')
def check_title(context: Context, title: str) -> None:
    """Compare the title."""
    title_is(context.driver, title)


@step('I see "{selector}"')
def check_seen(context: Context, selector: str) -> None:
    """Look for an element."""
    see(context.driver, selector)


@step('"{selector}" contains "{text}"')
def check_text(context: Context, selector: str, text: str) -> None:
    """Compare a part of a text."""
    text_contains(context.driver, selector, text)


@step('click "{selector}"')
def click_on(context: Context, selector: str) -> None:
    """Click."""
    click(context.driver, selector)


@step('hover "{selector}"')
def hover_over(context: Context, selector: str) -> None:
    """Rest the pointer."""
    hover(context.driver, selector)
