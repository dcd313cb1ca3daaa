"""How long comparisons of pictures take, beside the library called directly.

Run by ``make bench``; prints a table.  Budgets at 1920 x 1080: equal hash below 1 ms, comparison without difference
picture below 50 ms, difference picture below 400 ms.  Contract: runner F.4, X-110.
"""

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import blazediff  # type: ignore[import-untyped]  # the library ships no types
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from cometa_core.cli.database import seed
from cometa_core.contracts.pictures import PictureFile, TakenPicture
from cometa_core.contracts.run import RunInfo
from cometa_core.db.migrations import upgrade
from cometa_core.runtime import Runtime, make_runtime
from cometa_features.api import Feature
from cometa_screenshots.comparison import Rules, comparing
from cometa_screenshots.engines import make_engine
from cometa_screenshots.services.baselines import make_baseline
from cometa_screenshots.services.comparing import BaselineComparer
from cometa_screenshots.services.keys import key_of_taken

SIZES = ((1920, 1080), (1920, 8000))
CALLS = 15
TOLERANCE = 0.1


def main() -> int:
    """Measure pages of both sizes with one changed word, and print the medians."""
    table = Table(title=f"Comparing pictures: medians of {CALLS} calls")
    for heading in ("size", "blazediff alone", "verdict", "verdict, regions", "difference picture", "equal hash"):
        table.add_column(heading, justify="left" if heading == "size" else "right")
    for size in SIZES:
        table.add_row(f"{size[0]} x {size[1]}", *(f"{figure:.1f} ms" for figure in measured(size)))
    Console().print(table)
    return 0


def measured(size: tuple[int, int]) -> list[float]:
    """Return the columns of one size in milliseconds."""
    baseline, current = page(size, "Welcome"), page(size, "Good-bye")
    engine, rules = make_engine("blazediff"), Rules(TOLERANCE)
    with tempfile.TemporaryDirectory(prefix="cometa-pictures-") as name:
        folder = Path(name)
        files = [folder / "baseline.png", folder / "current.png"]
        for file, content in zip(files, (baseline, current), strict=True):
            file.write_bytes(content)

        def alone() -> None:
            blazediff.compare(str(files[0]), str(files[1]), threshold=TOLERANCE, antialiasing=True)

        def verdict(rules: Rules) -> None:
            with comparing(engine, current, baseline, rules) as pair:
                pair.judge()

        with comparing(engine, current, baseline, rules) as pair:
            found = pair.judge()
            drawing = median(lambda: pair.draw(found))
        regions = Rules(TOLERANCE, [(0, 500, 200, 600)])
        return [
            median(alone),
            median(lambda: verdict(rules)),
            median(lambda: verdict(regions)),
            drawing,
            equal_hash(folder / "data", baseline, size),
        ]


def equal_hash(folder: Path, content: bytes, size: tuple[int, int]) -> float:
    """Measure a whole comparison with a baseline of the same bytes: reading its row is all that happens."""
    runtime = make_runtime({"cometa.data": str(folder), "cometa.browser.local": "false"}, environment={})
    try:
        taken = stored(runtime, content, size)
        comparer = BaselineComparer()
        return median(lambda: comparer.compare(runtime, taken, lambda _verdict: None))
    finally:
        runtime.close()


def stored(runtime: Runtime, content: bytes, size: tuple[int, int]) -> TakenPicture:
    """Store a picture as the baseline of a feature and describe the same picture as a new one."""
    list(upgrade(runtime.engine, runtime.histories))
    seed(runtime, {plugin.name for plugin in runtime.plugins.active})
    digest, length = runtime.artifacts.put(1, io.BytesIO(content))
    file = PictureFile(1, digest, length, *size)
    with runtime.unit_of_work() as scope:
        now = scope.now()
        feature = Feature(
            feature_name="Shop", slug="shop", app_id=1, environment_id=1, department_id=1, created_on=now,
            last_edited_date=now,
        )  # fmt: skip
        scope.session.add(feature)
        scope.session.flush()
        run = RunInfo(1, 1, feature.id, feature.feature_name, 1)
        taken = TakenPicture(run, 1, 1, "0" * 36, "", "chrome", "linux", "1920x1080@1", "", file)
        make_baseline(scope, key_of_taken(taken), file, None)
    return taken


def page(size: tuple[int, int], word: str) -> bytes:
    """Draw a page full of text with one word of its own, as PNG."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for row in range(0, size[1], 24):
        line = f"{row:05} " + "The quick brown fox jumps over the lazy dog. " * 5
        pen.text((20, row), line, fill="black", font_size=18)
    pen.rectangle((600, 200, 1000, 300), fill="white")
    pen.text((620, 220), word, fill="navy", font_size=60)
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def median(action: Callable[[], object]) -> float:
    """Return the median time of some calls in milliseconds, after one that warms up."""
    action()
    times = []
    for _ in range(CALLS):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


if __name__ == "__main__":
    sys.exit(main())
