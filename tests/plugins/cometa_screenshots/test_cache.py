"""The cache is bounded, and anybody may empty it."""

import shutil
from concurrent.futures import ThreadPoolExecutor

from cometa_screenshots.cache import SHELVES, PictureCache

DIGEST = "ab" + "0" * 62


def test_what_was_written_is_read(tmp_path):
    cache = PictureCache(tmp_path / "derived", SHELVES * 1000)
    assert cache.read(DIGEST, "webp") is None
    cache.write(DIGEST, "webp", b"picture")
    assert cache.read(DIGEST, "webp") == b"picture"
    assert cache.read(DIGEST, "jpeg") is None


def test_an_emptied_folder_is_made_anew(tmp_path):
    cache = PictureCache(tmp_path / "derived", SHELVES * 1000)
    cache.write(DIGEST, "webp", b"picture")
    shutil.rmtree(tmp_path / "derived")
    assert cache.read(DIGEST, "webp") is None
    cache.write(DIGEST, "webp", b"picture")
    assert cache.read(DIGEST, "webp") == b"picture"


def test_a_full_shelf_drops_what_was_written_first(tmp_path):
    cache = PictureCache(tmp_path, SHELVES * 1000)
    digests = [f"ab{number:062x}" for number in range(10)]
    for digest in digests:
        cache.write(digest, "webp", bytes(300))
    assert [digest for digest in digests if cache.read(digest, "webp")] == digests[-3:]


def test_the_newest_file_stays_even_when_it_alone_is_too_large(tmp_path):
    cache = PictureCache(tmp_path, 0)
    cache.write(DIGEST, "webp", bytes(300))
    cache.write(DIGEST, "jpeg", bytes(300))
    assert cache.read(DIGEST, "webp") is None
    assert cache.read(DIGEST, "jpeg") == bytes(300)


def test_many_writers_of_one_file_leave_it_whole(tmp_path):
    cache = PictureCache(tmp_path, SHELVES * 10_000_000)
    content = bytes(range(256)) * 400
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cache.write(DIGEST, "webp", content), range(40)))
        assert set(pool.map(lambda _: cache.read(DIGEST, "webp"), range(40))) == {content}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{DIGEST}.webp"]
