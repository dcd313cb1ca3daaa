"""Pictures of a real browser: what they show, what they never show, and that the page is as it was afterwards."""

import hashlib
import http.server
import io
import threading
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageChops

from cometa_runner.camera import Wish, png_size, take
from cometa_runner.steps.plain_context import open_chromium

pytestmark = pytest.mark.browser
SECRET = "correct horse battery"
GREY = (136, 136, 136)


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves what tests put into ``server.pages``; the policy of ``/strict`` forbids styles of scripts."""

    def do_GET(self):
        path = urlsplit(self.path).path
        self.send_response(200)
        if path == "/strict":
            self.send_header("Content-Security-Policy", "default-src 'self'; style-src 'self'")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(f"<!doctype html><body style=margin:0>{self.server.pages.get(path, '')}".encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    server.daemon_threads, server.pages = True, {}
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    opened = open_chromium(tmp_path_factory.mktemp("camera"))
    opened.set_window_size(800, 600)
    yield opened
    opened.quit()


@pytest.fixture
def show(site, driver):
    """Open a page with this body; other bodies by path, and the name of another site for their host."""

    def open_page(body, path="/", **others):
        site.pages.update({path: body, **{f"/{name}": content for name, content in others.items()}})
        driver.get(f"http://127.0.0.1:{site.server_port}{path}")

    return open_page


def opened(png):
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_picture_is_stored_as_the_driver_gives_it(show, driver):
    """X-097."""
    show("<h1>Welcome</h1>")
    assert take(driver, Wish(), []).png == driver.get_screenshot_as_png()


def test_a_page_larger_than_the_viewport_is_pictured_whole(show, driver):
    """F.1, X-103."""
    # Runners hide bars for scrolling, which are no part of a page.
    bars = "<style>html {scrollbar-width: none}</style>"
    show(f'{bars}<div style="height:3000px; background:linear-gradient(red, blue)"></div>')
    driver.execute_script("window.scrollTo(0, 500)")
    viewport, page = take(driver, Wish(), []), take(driver, Wish("page", still=True), [])
    width, height = png_size(viewport.png)
    assert png_size(page.png) == (width, 3000)
    assert driver.execute_script("return window.scrollY") == 500
    part = opened(page.png).crop((0, 500, width, 500 + height))
    assert ImageChops.difference(part, opened(viewport.png)).getextrema() == ((0, 0), (0, 0), (0, 0))
    assert not page.cut


def test_a_page_too_tall_for_a_picture_is_cut(show, driver):
    show('<div style="height:20000px"></div>')
    page = take(driver, Wish("page"), [])
    assert (page.cut, png_size(page.png)[1]) == (True, 16_000)


def test_an_element_is_pictured_alone_with_its_left_out_parts(show, driver):
    """F.1, X-107: rectangles are told in pixels of the picture."""
    show(
        '<div style="height:2000px"></div><div id=a style="width:300px; height:200px; background:navy">'
        '<p id=b style="position:relative; left:20px; top:30px; width:50.5px; height:10px; margin:0">x</p></div>'
    )
    element, inner = (driver.find_element("id", name) for name in "ab")
    shot = take(driver, Wish(element=element, still=True, left_out=lambda: [inner]), [])
    assert (png_size(shot.png), shot.regions, shot.stable) == ((300, 200), ((20, 30, 51, 10),), True)


@pytest.mark.parametrize(
    ("scrolled", "extent", "top"), [(0, "viewport", 400), (300, "viewport", 100), (300, "page", 400)]
)
def test_left_out_boxes_follow_the_page(show, driver, scrolled, extent, top):
    """X-107."""
    show('<p id=a style="position:absolute; left:10px; top:400px; width:30px; height:20px; margin:0"></p>'
         '<p id=b hidden></p><div style="height:3000px"></div>')  # fmt: skip
    driver.execute_script(f"window.scrollTo(0, {scrolled})")
    wanted = [driver.find_element("id", name) for name in "ab"]
    assert take(driver, Wish(extent, left_out=lambda: wanted), []).regions == ((10, top, 30, 20),)


def test_left_out_boxes_in_frames_are_those_of_the_picture(show, driver):
    show('<iframe src="/inner" style="position:absolute; left:100px; top:50px; border:3px solid"></iframe>',
         inner='<p id=a style="width:30px; height:20px; margin:5px"></p>')  # fmt: skip
    driver.switch_to.frame(0)
    inner = driver.find_element("id", "a")
    assert take(driver, Wish(left_out=lambda: [inner]), []).regions == ((108, 58, 30, 20),)
    assert driver.find_element("id", "a"), "the current frame stays the current one"


HIDING = {
    "password": f'<input type=password value="{SECRET}">',
    "shown password": f'<input autocomplete="current-password" value="{SECRET}">',
    "field": f'<input value="{SECRET}">',
    "area": f"<textarea>{SECRET}</textarea>",
    "element": f"<p><b> {SECRET} </b></p>",
    "fading field": f'<input value="{SECRET}" style="transition: all 5s">',
    "stubborn field": f'<style>#x {{color: red !important}}</style><input id=x value="{SECRET}" '
    'style="color: red !important; -webkit-text-fill-color: red !important">',
    "shadow": f"<div><template shadowrootmode=open><i>{SECRET}</i><input type=password value=x></template></div>",
    "select": f"<select><option>{SECRET}</option></select>",
}


@pytest.mark.parametrize("kind", HIDING)
def test_passwords_and_secrets_cannot_be_read(show, driver, kind):
    """X-111: the same picture whatever the secret is, and the page is as it was afterwards."""
    pictures = []
    for value in (SECRET, "another horse battery"):
        show(HIDING[kind].replace(SECRET, value))
        before = driver.page_source, driver.get_screenshot_as_png()
        pictures.append(take(driver, Wish(), [value]).png)
        assert (driver.page_source, driver.get_screenshot_as_png()) == before
        assert GREY in {colour for _, colour in opened(pictures[-1]).getcolors(1 << 20)}
    if kind not in {"element", "shadow", "select"}:
        # Boxes that follow their text have its width; what is written in them cannot be seen all the same.
        assert pictures[0] == pictures[1]


def test_a_selected_secret_cannot_be_read(show, driver):
    """X-111."""
    show(f'<input id=a value="{SECRET}"><style>::selection {{color: white; background: black}}</style>')
    driver.execute_script("document.querySelector('#a').select()")
    colours = {colour for _, colour in opened(take(driver, Wish(), [SECRET]).png).getcolors(1 << 20)}
    assert (0, 0, 0) not in {tuple(colour) for colour in colours if colour != GREY}


def test_a_content_security_policy_keeps_nothing_readable(show, driver):
    """X-111."""
    show(f"<p>{SECRET}</p>", path="/strict")
    colours = {colour for _, colour in opened(take(driver, Wish(still=True), [SECRET]).png).getcolors(1 << 20)}
    assert colours == {(255, 255, 255), GREY}


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_secrets_in_frames_of_this_and_of_other_sites_cannot_be_read(show, site, driver, host, inside):
    """X-111: wherever the run is, and it stays there."""
    frame = f'<iframe id=f src="http://{host}:{site.server_port}/inner"></iframe>'
    show(f"<div><template shadowrootmode=open>{frame}</template></div>{frame}", inner=f"<p id=a>{SECRET}</p>")
    if inside:
        driver.switch_to.frame(driver.find_element("id", "f"))
    picture = opened(take(driver, Wish(), [SECRET]).png)
    if inside:
        assert driver.find_element("id", "a").get_attribute("style") == ""
    driver.switch_to.default_content()
    dark = [colour for _, colour in picture.crop((20, 20, 250, 40)).getcolors(1 << 20) if sum(colour) < 3 * 100]
    assert dark == []


def test_movement_is_stopped_and_goes_on(show, driver):
    """F.1: two pictures for a comparison are equal; what an animation has shown stays shown."""
    show("""<style>@keyframes m {to {margin-left: 500px}} @keyframes s {from {opacity: 0} to {opacity: 1}}
      p {animation: m 1s infinite} b {opacity: 0; animation: s 60s forwards}</style><p>moving</p><b>appearing</b>
      <input>""")
    driver.execute_script("document.querySelector('input').focus()")
    first, second = (take(driver, Wish(still=True), []) for _ in range(2))
    assert (first.png == second.png, first.stable) == (True, True)
    shown = opened(first.png).crop((0, 40, 100, 70)).getcolors(1 << 20)
    assert any(sum(colour) < 100 for _, colour in shown), "the text that appears is shown"
    assert (
        driver.execute_script("return document.getAnimations().map(one => one.playState).join()") == "running,running"
    )


def test_a_page_that_never_stands_still_says_so(show, driver):
    """F.1: at most 5 pictures within 2 s."""
    show("<p>0</p><script>setInterval(() => document.querySelector('p').textContent = Math.random(), 1)</script>")
    assert take(driver, Wish(still=True), []).stable is False


def test_fonts_and_images_are_waited_for_but_not_lazy_ones_far_below(show, driver):
    """F.1."""
    show('<img src="/picture"><div style="height:9000px"></div><img loading=lazy src="/picture">')
    assert take(driver, Wish(still=True), []).stable is True


def test_the_hash_of_equal_pages_is_equal(show, driver):
    show("<h1>Welcome</h1>")
    hashes = {hashlib.sha256(take(driver, Wish("page", still=True), []).png).hexdigest() for _ in range(3)}
    assert len(hashes) == 1
