"""Taking pictures of pages.

Contract: runner F.1.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cometa_runner.browser import BoundedChromium
from cometa_runner.channel import EventChannel
from cometa_runner.steps import Deadline

_STABLE_SECONDS = 2.0
_STABLE_TRIES = 5

# Blanks password fields and whatever shows a secret as its whole value; for comparisons also stops all movement.
_PREPARE = """
const [secrets, still] = arguments;
const style = document.createElement('style');
style.id = 'cometa-capture';
const blank = '{color: transparent !important; text-shadow: none !important; background: #888 !important}';
style.textContent = 'input[type=password], [data-cometa-blank]' + blank + (still
  ? '*, *::before, *::after {animation: none !important; transition: none !important; caret-color: #0000 !important}'
  : '');
document.documentElement.append(style);
if (secrets.length) {
  const known = new Set(secrets);
  for (const element of document.querySelectorAll('*')) {
    const text = 'value' in element ? element.value : element.childElementCount ? null : element.textContent;
    if (typeof text === 'string' && known.has(text.trim())) element.setAttribute('data-cometa-blank', '');
  }
}
"""
_RESTORE = """
document.getElementById('cometa-capture')?.remove();
for (const element of document.querySelectorAll('[data-cometa-blank]')) element.removeAttribute('data-cometa-blank');
"""
_LOADED = """
return document.fonts.status === 'loaded' && Array.from(document.images).every(image => image.complete) || null
"""


class Pictures:
    """Takes pictures for one attempt and announces them.

    Args:
        channel: where they are announced.
        workdir: private folder of the attempt; files go to its ``artifacts``.
        secrets: values that pictures must not show.
    """

    def __init__(self, channel: EventChannel, workdir: Path, secrets: Sequence[str]) -> None:
        self._channel = channel
        self._folder = workdir / "artifacts"
        self._secrets = [secret for secret in secrets if secret]

    def add_secret(self, value: str) -> None:
        """Keep a new secret out of the pictures to come."""
        if value:
            self._secrets.append(value)

    def take(self, driver: BoundedChromium, step: Mapping[str, Any], about: Mapping[str, Any]) -> tuple[int, bool]:
        """Take a picture, store it unchanged and announce it.

        Args:
            driver: the open browser.
            step: identity of the step row.
            about: further fields of the event; with ``compare`` set the page is brought to a standstill first.

        Returns:
            Number of the event, and whether the page stood still (true where nobody asked).
        """
        png, stable = self._captured(driver, still=bool(about.get("compare")))
        name = f"step_{step['seq']}.png"
        (self._folder / name).write_bytes(png)
        width, height = png_size(png)
        fields = {"file": name, "width": width, "height": height, "sha256": hashlib.sha256(png).hexdigest()}
        return self._channel.emit("screenshot", {**step, **fields, "name": None, **about}), stable

    def _captured(self, driver: BoundedChromium, *, still: bool) -> tuple[bytes, bool]:
        driver.execute_script(_PREPARE, self._secrets, still)
        try:
            return _still_picture(driver) if still else (driver.get_screenshot_as_png(), True)
        finally:
            driver.execute_script(_RESTORE)


def png_size(png: bytes) -> tuple[int, int]:
    """Read width and height in px from the head of a PNG."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _still_picture(driver: BoundedChromium) -> tuple[bytes, bool]:
    """Wait for fonts and images, then repeat until two pictures in a row are equal."""
    deadline = Deadline(_STABLE_SECONDS)
    deadline.poll(lambda: driver.execute_script(_LOADED))
    before = driver.get_screenshot_as_png()
    for _ in range(_STABLE_TRIES - 1):
        now = driver.get_screenshot_as_png()
        if now == before:
            return now, True
        before = now
        if deadline.expired():
            break
    return before, False
