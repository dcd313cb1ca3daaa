"""The pages of the sample shop in a real Chromium: each does what the sample features rely on."""

import pytest
from selenium.common.exceptions import TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from cometa_demo.server import SITE

pytestmark = pytest.mark.browser

PAGES = sorted(path.name for path in SITE.glob("*.html") if path.name != "endless.html")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_loads_without_errors_and_without_outside_requests(visitor, page):
    visitor.driver.get_log("browser")
    visitor.open(page)
    visitor.seen("h1, h2")

    asked = visitor.driver.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")
    assert all(address.startswith(visitor.shop.url) for address in asked)
    assert visitor.driver.get_log("browser") == []


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_and_every_id_is_unique(visitor, page):
    visitor.open(page)
    visitor.seen("h1, h2")

    nameless = visitor.driver.execute_script(
        "return [...document.querySelectorAll('input, select, textarea, button, a, iframe')].filter((each) => "
        "!(each.getAttribute('aria-label') || each.labels?.length || each.textContent.trim() || each.title))"
        ".map((each) => each.outerHTML)"
    )
    ids = visitor.driver.execute_script("return [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert nameless == []
    assert len(set(ids)) == len(ids)


def test_search_narrows_the_shelf_and_says_how_many_books_are_left(visitor):
    visitor.open("index.html")
    visitor.reads("#found", "8 of 8 books")
    visitor.write("#search", "lighthouse")

    assert visitor.reads("#found", "1 of 8 books")
    assert visitor.seen("#book-4")
    assert visitor.sees_no("#book-1")


def test_a_book_that_was_searched_for_opens_with_the_first_click(visitor):
    visitor.open("index.html")
    visitor.write("#search", "lighthouse")
    visitor.reads("#found", "1 of 8 books")
    visitor.click("#book-4 h2 a")

    assert visitor.sees_title("A Short History of Lighthouses - Paper Lantern Books")


def test_search_that_fits_nothing_says_so(visitor):
    visitor.open("index.html")
    visitor.write("#search", "zzz")

    assert visitor.reads("#nothing", "No book fits")


def test_subject_and_stock_narrow_the_shelf_too(visitor):
    visitor.open("index.html")
    Select(visitor.seen("#subject")).select_by_visible_text("Science")
    visitor.reads("#found", "1 of 8 books")
    assert not visitor.seen("#add-5").is_enabled()
    visitor.click("#in-stock")

    assert visitor.reads("#found", "0 of 8 books")


def test_the_news_are_shown_until_they_are_read(visitor):
    visitor.open("index.html")
    visitor.click("#news-close")
    visitor.sees_no("#news")
    visitor.open("index.html")
    visitor.seen("#book-1")

    assert visitor.sees_no("#news")


def test_books_are_counted_in_the_basket_across_pages(visitor):
    visitor.open("index.html")
    visitor.click("#add-1")
    visitor.click("#add-1")
    visitor.reads("#said", "The Patient Tester is in your basket.")
    visitor.open("product.html?id=2")
    visitor.write("#quantity", "3")
    visitor.click("#add-to-basket")

    assert visitor.reads("#basket-count", "5")
    visitor.open("cart.html")
    assert visitor.reads("#total", "105.70 EUR")


def test_the_basket_changes_with_quantities_and_removal(visitor):
    visitor.open("index.html")
    visitor.click("#add-1")
    visitor.click("#add-2")
    visitor.open("cart.html")
    visitor.write("#quantity-1", "2\t")
    visitor.reads("#total", "67.90 EUR")
    visitor.click("#remove-1")
    visitor.reads("#total", "18.90 EUR")
    visitor.click("#empty-basket")

    assert visitor.reads("#empty", "nothing in your basket")


def test_a_voucher_lowers_the_total_and_an_old_one_is_refused(visitor):
    visitor.open("index.html")
    visitor.click("#add-4")
    visitor.open("cart.html")
    visitor.write("#voucher", "SPRING24")
    visitor.click("#redeem")
    visitor.reads("#voucher-error", 'The voucher "SPRING24" is not valid any more.')
    assert visitor.sees_no("#voucher-applied")
    visitor.write("#voucher", "lantern10")
    visitor.click("#redeem")

    assert visitor.reads("#voucher-applied", "LANTERN10")
    assert visitor.reads("#total", "28.80 EUR")


def test_checkout_names_what_is_missing_then_confirms_the_order(visitor):
    visitor.open("index.html")
    visitor.click("#add-1")
    visitor.open("checkout.html")
    visitor.click("#place-order")
    visitor.reads("#summary", "5 answers are missing.")
    visitor.reads("#email-error", "ada@example.org")
    assert visitor.driver.switch_to.active_element.get_attribute("id") == "name"

    visitor.write("#name", "Ada Lovelace")
    visitor.write("#email", "ada@example.org")
    visitor.write("#street", "12 Lantern Lane")
    Select(visitor.seen("#country")).select_by_value("DE")
    visitor.click("#express")
    visitor.click("#gift")
    visitor.click("#terms")
    visitor.reads("#amount", "31.40 EUR")
    visitor.click("#place-order")

    assert visitor.sees_title("Order confirmed - Paper Lantern Books")
    assert visitor.reads("#thanks", "Thank you, Ada Lovelace!")
    assert visitor.reads("#order-number", "PL-1001")
    assert visitor.reads("#order-delivery", "express delivery to Germany, wrapped as a gift")
    assert visitor.reads("#basket-count", "0")


def test_login_greets_by_name_and_logout_forgets(visitor):
    visitor.open("login.html")
    visitor.click("#log-in")
    visitor.reads("#password-error", "Please enter your password.")
    visitor.write("#email", "ada@example.org")
    visitor.write("#password", "wrong")
    visitor.click("#log-in")
    visitor.reads("#refused", "do not belong together")
    visitor.write("#password", "lantern-42")
    visitor.click("#log-in")

    assert visitor.reads("#greeting", "Hello, Ada Lovelace")
    visitor.click("#log-out")
    assert visitor.seen("#log-in-link")


def test_orders_are_sorted_by_number_not_by_text(visitor):
    visitor.open("orders.html")
    visitor.click("#sort-amount")
    visitor.reads("#order-rows tr:first-child", "9.90 EUR")
    visitor.click("#sort-amount")

    assert visitor.reads("#order-rows tr:first-child", "210.00 EUR")
    assert visitor.seen("th[data-column='3']").get_attribute("aria-sort") == "descending"


def test_orders_are_filtered_and_summed_up(visitor):
    visitor.open("orders.html")
    visitor.write("#filter", "grace")
    visitor.reads("#shown", "2 of 12 orders")
    assert visitor.reads("#sum", "184.30 EUR")
    visitor.seen("#filter").clear()
    Select(visitor.seen("#state")).select_by_value("returned")

    assert visitor.reads("#shown", "2 of 12 orders")
    assert visitor.driver.find_elements(By.ID, "order-1041") == []


@pytest.mark.parametrize(
    ("button", "text", "accept", "result"),
    [
        ("#show-alert", "The club meets on Thursday at seven.", True, "You have read the news."),
        ("#show-confirm", "Do you want to leave the club?", True, "You left the club."),
        ("#show-confirm", "Do you want to leave the club?", False, "You stayed in the club."),
        ("#show-prompt", "What shall we call you?", True, "Welcome, Bookworm!"),
        ("#show-prompt", "What shall we call you?", False, "You kept your name."),
    ],
)
def test_dialogs_open_and_the_page_tells_the_answer(visitor, button, text, accept, result):
    visitor.open("dialogs.html")
    visitor.click(button)
    dialog = visitor.driver.switch_to.alert
    assert dialog.text == text
    (dialog.accept if accept else dialog.dismiss)()

    assert visitor.reads("#dialog-result", result)


def test_the_review_form_lives_in_a_frame(visitor):
    visitor.open("letters.html")
    assert visitor.driver.find_elements(By.ID, "letter") == []
    visitor.driver.switch_to.frame(visitor.seen("#reviews"))
    visitor.write("#letter", "A calm and helpful book.")
    visitor.click("#send-letter")

    assert visitor.reads("#letter-answer", "A calm and helpful book.")


def test_the_delivery_terms_open_in_a_second_window(visitor):
    visitor.open("index.html")
    visitor.click("#terms-link")
    visitor.driver.switch_to.window(visitor.driver.window_handles[1])
    visitor.sees_title("Delivery terms - Paper Lantern Books")
    visitor.driver.close()
    visitor.driver.switch_to.window(visitor.driver.window_handles[0])

    assert visitor.driver.title == "Paper Lantern Books"


def test_the_stars_are_in_an_open_shadow_root_only(visitor):
    visitor.open("product.html?id=3")
    root = visitor.seen("#rating").shadow_root
    assert visitor.driver.find_elements(By.ID, "star-4") == []
    root.find_element(By.ID, "star-4").click()

    assert root.find_element(By.ID, "verdict").text == "You gave 4 of 5 stars"


def test_chosen_files_are_listed_with_their_sizes(visitor, a_file):
    visitor.open("upload.html")
    visitor.seen("#file").send_keys(str(a_file))

    assert visitor.reads("#file-count", "1 file chosen")
    assert visitor.reads("#files", "chapter-one.txt - 31 bytes")


def test_late_content_arrives_after_the_page_is_loaded(visitor):
    visitor.open("stock.html")
    assert visitor.driver.find_elements(By.ID, "late-news") == []

    assert visitor.reads("#late-news", "The delivery van has arrived.")


def test_the_busy_sign_comes_goes_and_leaves_an_answer(visitor):
    visitor.open("stock.html")
    visitor.click("#check-stock")
    visitor.seen("#spinner")
    visitor.sees_no("#spinner")

    assert visitor.reads("#stock", "55 books are on the shelf.")
    assert visitor.driver.find_elements(By.ID, "spinner") == []


def test_the_endless_page_is_shown_but_never_loaded(visitor):
    visitor.driver.set_page_load_timeout(1)
    try:
        with pytest.raises(TimeoutException):
            visitor.open("hang")
    finally:
        visitor.driver.set_page_load_timeout(60)

    assert visitor.reads("#endless", "keeps the connection open")
