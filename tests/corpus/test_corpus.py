"""Features as testers write them, through whole installations: all of them green, twice in a row.

A sixth of them in the local Chromium is part of every test run; ``make corpus`` runs all of them twice there, and
twice on a real Grid.
"""

import pytest
from corpus import FEATURES, Corpus
from live_installation import installation

from cometa_demo.server import SampleShop
from cometa_features.api import parse_feature_file


def test_the_corpus_is_what_it_is_meant_to_be():
    """At least 30 features of 10 to 60 steps; one more is there to be called by others."""
    sizes = [len(parse_feature_file(path.read_text(), path.name).steps) for path in FEATURES.glob("*.feature")]
    assert len([size for size in sizes if 10 <= size <= 60]) >= 30
    assert max(sizes) <= 60


@pytest.fixture(scope="module")
def shop():
    """The sample shop, which all features visit."""
    with SampleShop() as server:
        yield server.url


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The corpus for the Chromium of this machine."""
    with installation(tmp_path_factory.mktemp("corpus")) as live:
        yield Corpus(live, {"browser": "chrome"})


@pytest.mark.browser
@pytest.mark.system
@pytest.mark.timeout(300)
def test_a_sixth_of_the_corpus_succeeds_in_the_local_chromium(local, shop):
    """X-070 in whole runs."""
    assert local.run(shop, every=6) == []


@pytest.mark.browser
@pytest.mark.corpus
@pytest.mark.timeout(1200)
def test_the_corpus_succeeds_twice_in_a_row_in_the_local_chromium(local, shop):
    """Nothing that a run leaves (variables, baselines, files) makes the next one fail."""
    assert local.run(shop) == []
    assert local.run(shop) == []


GRID_INI = """
cometa.cloud.lab.url = {url}
cometa.grid.headless = true
cometa.browser.args.chrome = --no-sandbox --disable-dev-shm-usage
"""
"""Its node is this machine: without a screen, and perhaps as root."""


@pytest.mark.corpus
@pytest.mark.grid
@pytest.mark.timeout(1200)
def test_they_succeed_twice_on_a_selenium_grid(tmp_path_factory, grid_url, shop):
    """X-070, runner H.1."""
    with installation(tmp_path_factory.mktemp("grid-corpus"), GRID_INI.format(url=grid_url)) as live:
        corpus = Corpus(live, {"browser": "chrome", "cloud": "lab"})
        assert corpus.run(shop) == []
        assert corpus.run(shop) == []
