"""A cache that fails is a cache that misses: Redis that is down or hangs, and a folder that cannot be written."""

import errno
import logging
import os
import shutil
import socket
import subprocess
import time
from contextlib import closing

import pytest
from django.test import Client

from home import cache_backends
from home.cache_backends import TolerantFileCache, TolerantRedisCache, recovered
from home.http import generations

pytestmark = pytest.mark.any_database


@pytest.fixture(autouse=True)
def no_earlier_outage(monkeypatch):
    monkeypatch.setattr(cache_backends.FailureTolerantCache, "outages", {})


@pytest.fixture
def refused() -> str:
    """The address of a port on which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    return f"redis://site:hunter2@127.0.0.1:{port}/0"


@pytest.fixture
def hanging():
    """The address of a server that accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def miss_everything(cache) -> None:
    assert cache.get("a", "default") == "default"
    cache.set("a", 1)
    assert cache.add("a", 1) is False
    assert cache.get_or_set("a", lambda: "made") == "made"
    assert cache.get_many(["a"]) == {}
    assert cache.set_many({"a": 1}) == ["a"]
    assert cache.has_key("a") is False
    assert cache.touch("a") is False
    assert cache.delete("a") is False
    cache.delete_many(["a"])
    cache.clear()
    with pytest.raises(ValueError, match=r"not found|does not respond"):
        cache.incr("a")


def test_every_operation_misses_without_redis(refused, monkeypatch):
    monkeypatch.setattr(cache_backends, "PAUSE", 0)
    miss_everything(TolerantRedisCache(refused, {}))


def test_a_redis_that_hangs_delays_one_operation(hanging):
    cache = TolerantRedisCache(hanging, {})
    started = time.monotonic()
    miss_everything(cache)
    assert cache.is_failing()
    # A quarter of a second for the first attempt; without the pause it would be 3 seconds.
    assert time.monotonic() - started < 1


def test_an_outage_is_logged_once_without_the_password(refused, caplog, monkeypatch):
    monkeypatch.setattr(cache_backends, "PAUSE", 0)
    with caplog.at_level(logging.ERROR):
        for _number in range(3):
            TolerantRedisCache(refused, {}).get("a")
    assert len(caplog.records) == 1
    assert "the site works without it" in caplog.text
    assert "hunter2" not in caplog.text


def unwritable(folder) -> TolerantFileCache:
    """A cache whose folder is a file: not even root can write there."""
    folder.write_text("")
    return TolerantFileCache(str(folder), {})


def test_every_operation_misses_in_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_backends, "PAUSE", 0)
    miss_everything(unwritable(tmp_path / "cache"))


def test_a_full_cache_that_can_be_read_logs_one_outage(tmp_path, monkeypatch, caplog):
    def fail(self, *args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cache_backends, "PAUSE", 0)
    cache = TolerantFileCache(str(tmp_path), {})
    cache.set("a", 1)
    monkeypatch.setattr(TolerantFileCache, "_write_content", fail)
    for _number in range(3):
        cache.set("b", 1)
        assert cache.get("a") == 1
    assert len(caplog.records) == 1
    assert [path.suffix for path in tmp_path.iterdir()] == [".djcache"]


def test_pages_are_not_cached_while_changes_do_not_reach_the_cache(db, settings, tmp_path):
    settings.PAGE_CACHE_SECONDS = 60
    settings.CACHES = {
        name: {"BACKEND": "home.cache_backends.TolerantFileCache", "LOCATION": str(tmp_path / "cache")}
        for name in settings.CACHES
    }
    (tmp_path / "cache").write_text("")
    generations.start()
    assert generations.read().current != generations.read().current


def test_a_cache_that_works_again_is_used_and_announced(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_backends, "PAUSE", 0)
    received = []
    recovered.connect(lambda **kwargs: received.append(1), weak=False, dispatch_uid="test")
    cache = unwritable(tmp_path / "cache")
    cache.set("a", 1)
    (tmp_path / "cache").unlink()
    cache.set("a", 2)
    recovered.disconnect(dispatch_uid="test")
    assert cache.get("a") == 2
    assert not cache.is_failing()
    assert received == [1]


def test_pages_are_made_again_after_an_outage(db, settings):
    """A change of content may not have reached the cache meanwhile."""
    settings.PAGE_CACHE_SECONDS = 60
    before = generations.read().current
    recovered.send(None)
    assert generations.read().current != before


@pytest.mark.parametrize("path", ["/en/", "/en/search/?q=x", "/admin/login/"])
def test_the_site_is_read_without_its_cache(home_page, settings, refused, path):
    settings.PAGE_CACHE_SECONDS = 60
    backend = {"BACKEND": "home.cache_backends.TolerantRedisCache", "LOCATION": refused}
    settings.CACHES = dict.fromkeys(("default", "pages", "renditions"), backend)
    client = Client()
    assert client.get(path).status_code == 200
    assert client.get("/healthz").text == "degraded\n"


def test_sites_that_share_a_redis_do_not_see_each_others_entries(redis_server):
    one, other = (TolerantRedisCache(redis_server, {"KEY_PREFIX": host}) for host in ("a.example", "b.example"))
    one.set("page", "one")
    other.set("page", "other")
    assert one.get("page") == "one"
    one.clear()
    assert one.get("page") is None
    assert other.get("page") == "other"


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory):
    """The address of a Redis server of its own."""
    program = shutil.which("redis-server")
    if not program:
        if os.environ.get("CI"):
            pytest.fail("redis-server is missing")
        pytest.skip("redis-server is missing")
    path = tmp_path_factory.mktemp("redis") / "socket"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(path), "--save", "", "--daemonize", "no"],
        stdout=subprocess.DEVNULL,
    )
    limit = time.monotonic() + 20
    while not path.exists() and time.monotonic() < limit:
        time.sleep(0.05)
    yield f"unix://{path}?db=0"
    process.terminate()
    process.wait(timeout=10)
