"""Files in buckets: what works with folders works with an S3 server, and its failures are those of a folder."""

import datetime
import io
import json
import os
import urllib.request

import boto3
import pytest
from django.conf import settings as current
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.urls import reverse
from django.utils import timezone
from moto.server import ThreadedMotoServer
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction

from events.models import ErasureRecord
from events.registration import erasure_log
from home.backup import restoration, stored_files
from home.backup.errors import BackupError
from home.doctor import files, network
from home.doctor.results import Level
from home.file_delivery import Content, deliver
from home.freeze.requests import Site
from home.freeze.rewriting import Copy
from tests import snapshots
from tests.home.test_backup import KEY, STATE, empty_source, shell
from tests.home.test_private_files import picture

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

TEXT = b"0123456789" * 20
PUBLIC_READ = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shown/*"}
        ],
    }
)


@pytest.fixture(scope="module")
def server():
    found = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    found.start()
    host, port = found.get_host_and_port()
    yield f"http://{host}:{port}"
    found.stop()


@pytest.fixture
def client_of_s3(server):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    found = boto3.client("s3", endpoint_url=server, **keys)
    # All servers of a process have the same buckets, also those of the system tests.
    urllib.request.urlopen(f"{server}/moto-api/reset", data=b"").close()  # noqa: S310  (the server of the tests)
    for name in ("private", "shown"):
        found.create_bucket(Bucket=name)
    return found


def options_of(url: str) -> dict[str, str]:
    return {"endpoint_url": url, "region_name": "us-east-1", "access_key": "key", "secret_key": "secret"}


def use(settings, server: str, url: str) -> None:
    """Let the site store its files at `url`, as `settings/files.py` does for the variables."""
    private = {**options_of(url), "bucket_name": "private"}
    settings.MEDIA_URL = f"{server}/shown/"
    settings.STORAGES = {
        **current.STORAGES,
        "private": {
            "BACKEND": "home.object_storage.ObjectStorage",
            "OPTIONS": {**private, "location": "private"},
        },
        "default": {
            "BACKEND": "home.object_storage.UploadObjectStorage",
            "OPTIONS": {
                "private": {**private, "location": "uploads"},
                "shown": {**options_of(url), "bucket_name": "shown"},
            },
        },
    }


@pytest.fixture
def buckets(django_db_setup, settings, server, client_of_s3):
    """Two buckets for the files of a test. The site is set up before, if this is the first test: it stores files, too."""
    use(settings, server, server)
    return client_of_s3


@pytest.fixture
def unreachable(settings, server):
    # Nothing listens on this port.
    use(settings, server, "http://127.0.0.1:9")


def names_in(buckets, bucket: str) -> list[str]:
    return [entry["Key"] for entry in buckets.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_storage_keeps_lists_and_deletes_files(buckets):
    store = storages["private"]
    first, second = [store.save("a/Ελληνικά.txt", ContentFile(TEXT)) for _time in range(2)]

    assert first == "a/Ελληνικά.txt"
    assert second != first  # as in a folder, nothing is overwritten
    with store.open(first) as file:
        assert file.read() == TEXT
    assert (store.size(first), store.exists(first), store.exists("a/other")) == (200, True, False)
    assert abs(store.get_modified_time(first) - timezone.now()) < datetime.timedelta(minutes=1)
    assert store.listdir("a") == ([], sorted([first[2:], second[2:]]))
    assert store.listdir("") == (["a"], [])
    store.delete(first)
    assert not store.exists(first)
    with pytest.raises(FileNotFoundError):
        store.open(first)
    with pytest.raises(FileNotFoundError):
        store.stream(first)
    with pytest.raises(NotImplementedError):
        store.url(second)


class Stream(io.RawIOBase):
    """Bytes that can be read once, as those of a backup."""

    def __init__(self) -> None:
        self.rest = io.BytesIO(TEXT)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        return self.rest.readinto(buffer)


def test_a_stream_is_stored(buckets):
    stored_files.save("private", "a/b.txt", Stream())
    with storages["private"].open("a/b.txt") as file:
        assert file.read() == TEXT


def test_only_what_is_shown_is_in_the_bucket_for_everyone(buckets):
    default_storage.save("documents/minutes.txt", ContentFile(b"x"))
    default_storage.save("images/a b.webp", ContentFile(b"x"))

    assert names_in(buckets, "private") == ["uploads/documents/minutes.txt"]
    assert names_in(buckets, "shown") == ["images/a b.webp"]
    assert default_storage.url("images/a b.webp") == f"{current.MEDIA_URL}images/a%20b.webp"
    with pytest.raises(NotImplementedError):
        default_storage.url("documents/minutes.txt")
    assert default_storage.listdir("images") == ([], ["a b.webp"])
    assert default_storage.listdir("documents") == ([], ["minutes.txt"])


@pytest.mark.parametrize(
    "operation",
    [
        lambda store: store.save("x.txt", ContentFile(b"x")),
        lambda store: store.open("x.txt"),
        lambda store: store.stream("x.txt"),
        lambda store: store.exists("x.txt"),
        lambda store: store.size("x.txt"),
        lambda store: store.delete("x.txt"),
        lambda store: store.listdir(""),
    ],
    ids=["save", "open", "stream", "exists", "size", "delete", "listdir"],
)
def test_a_server_that_is_away_fails_as_a_folder_does(unreachable, operation):
    with pytest.raises(OSError, match=r"the object storage fails \(\w+\)") as failure:
        operation(storages["private"])
    assert "secret" not in str(failure.value)


def test_a_document_asks_to_try_again_while_the_server_is_away(unreachable, db, client):
    document = get_document_model().objects.create(title="Plan", file="documents/plan.txt")
    client.raise_request_exception = False
    response = client.get(reverse("wagtaildocs_serve", args=[document.pk, "plan.txt"]))
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (503, "30", "no-store")


def test_erasures_wait_while_the_server_is_away(db, settings, server, client_of_s3):
    use(settings, server, "http://127.0.0.1:9")
    ErasureRecord.objects.create(key="0" * 32, purpose="", at=timezone.now())
    assert erasure_log.export_to_files(timezone.now()) == 0
    use(settings, server, server)
    assert erasure_log.export_to_files(timezone.now()) == 1
    [name] = names_in(client_of_s3, "private")
    assert name.startswith("private/erasures/")


# Delivery


@pytest.mark.parametrize(
    ("headers", "status", "body", "content_range"),
    [
        ({}, 200, TEXT, None),
        ({"range": "bytes=0-9"}, 206, TEXT[:10], "bytes 0-9/200"),
        ({"range": "bytes=190-"}, 206, TEXT[190:], "bytes 190-199/200"),
        ({"range": "bytes=-5"}, 206, TEXT[-5:], "bytes 195-199/200"),
        ({"range": "bytes=200-"}, 416, b"", "bytes */200"),
        ({"if-none-match": '"' + "a" * 32 + '"'}, 304, b"", None),
    ],
)
def test_a_file_in_a_bucket_is_delivered_like_one_in_a_folder(buckets, rf, headers, status, body, content_range):
    name = storages["private"].save("files/x.pdf", ContentFile(TEXT))
    content = Content(storages["private"], name, 200, "a" * 40, "application/pdf", timezone.now())
    response = deliver(rf.get("/", headers=headers), content, {})

    assert (response.status_code, response.get("Content-Range")) == (status, content_range)
    assert b"".join(response.streaming_content if response.streaming else [response.content]) == body
    head = deliver(rf.head("/", headers=headers), content, {})
    assert (head.get("Content-Length"), head.content) == (None if status == 304 else "200", b"")
    response.close()


@pytest.fixture(params=["buckets", "folders"])
def document(request, db):
    if request.param == "buckets":
        request.getfixturevalue("buckets")
    return get_document_model().objects.create(title="Minutes", file=ContentFile(TEXT, name="minutes.txt"))


def test_a_document_is_served_with_ranges_and_revalidation(client, document):
    whole = client.get(document.url)
    part = client.get(document.url, headers={"range": "bytes=10-19"})
    again = client.get(document.url, headers={"if-none-match": whole["ETag"]})
    head = client.head(document.url)

    assert b"".join(whole.streaming_content) == TEXT
    assert (part.status_code, b"".join(part.streaming_content)) == (206, TEXT[10:20])
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head["Content-Length"], head.content) == (200, "200", b"")
    assert whole["Content-Disposition"].startswith("attachment; filename=minutes")
    assert whole["Content-Security-Policy"] == "default-src 'none'"
    assert (whole["X-Content-Type-Options"], whole["Accept-Ranges"]) == ("nosniff", "bytes")
    assert client.post(document.url).status_code == 405
    assert client.get(reverse("wagtaildocs_serve", args=[document.pk, "other.txt"])).status_code == 404


def test_a_private_document_is_not_served(client, document):
    collection = Collection.get_first_root_node().add_child(name="Private")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type=CollectionViewRestriction.LOGIN)
    document.collection = collection
    document.save()
    response = client.get(document.url, headers={"range": "bytes=0-3"})

    assert response.status_code == 302
    assert "/login/" in response["Location"]


def test_a_lost_file_is_not_found(client, document):
    document.file.storage.delete(document.file.name)
    assert client.get(document.url).status_code == 404


def test_images_are_scaled_from_one_bucket_into_the_other(buckets, db):
    image = get_image_model().objects.create(title="Picture", file=picture())
    rendition = image.get_rendition("width-40|format-webp")

    assert names_in(buckets, "private") == [f"uploads/{image.file.name}"]
    assert names_in(buckets, "shown") == [rendition.file.name]
    assert rendition.url == f"{current.MEDIA_URL}{rendition.file.name}"
    found = buckets.get_object(Bucket="shown", Key=rendition.file.name)
    assert (found["ContentType"], found["Body"].read(4)) == ("image/webp", b"RIFF")


def test_an_image_shows_a_placeholder_while_the_server_is_away(unreachable, db):
    image = get_image_model()(title="Picture", width=80, height=60)
    image.file.name = "original_images/x.jpg"
    image.save()
    assert image.get_rendition("width-40").url.endswith("placeholder.svg")


# The doctor, backups and the static copy


def problems(found) -> list[str]:
    return [result.text for result in found if result.level == Level.ERROR]


def test_the_doctor_finds_nothing_wrong_with_right_buckets(buckets):
    buckets.put_bucket_policy(Bucket="shown", Policy=PUBLIC_READ)
    assert problems(files.storage()) == []
    assert problems(network.media()) == []
    assert names_in(buckets, "private") == names_in(buckets, "shown") == []


def test_the_doctor_notices_buckets_with_the_wrong_readers(buckets, server):
    name = default_storage.save("images/x.png", ContentFile(network.PIXEL))
    assert network.ask(f"{server}/shown/{name}", {})[0] == 403
    assert problems(network.media()) == ["S3_MEDIA_URL answers 403 to a scaled image: visitors see no pictures."]

    buckets.put_bucket_policy(Bucket="shown", Policy=PUBLIC_READ)
    buckets.put_bucket_policy(Bucket="private", Policy=PUBLIC_READ.replace("shown", "private"))
    assert problems(network.media()) == ["Everyone can read the bucket S3_PRIVATE_BUCKET, which holds private files."]


def test_the_doctor_notices_a_server_that_is_away(unreachable):
    found = list(files.storage())
    assert problems(found) == [
        f"Files of the kind {kind!r} cannot be written (StorageUnavailableError)."
        for kind in ("uploads", "media", "private")
    ]
    assert "S3_ENDPOINT_URL" in found[0].remedy


def test_files_of_all_buckets_are_backed_up_and_restored_under_their_names(buckets):
    for name in ("documents/a.txt", "images/b.webp", "avatar_images/c.png"):
        default_storage.save(name, ContentFile(name.encode()))
    storages["private"].save("erasures/d", ContentFile(b"2026-11-29T10:00:00+00:00"))

    assert list(stored_files.stored_files("uploads")) == ["documents/a.txt", "avatar_images/c.png", "images/b.webp"]
    assert list(stored_files.stored_files("private")) == ["erasures/d"]
    with default_storage.open("documents/a.txt") as file:
        stored_files.save("private", "x/a.txt", file)
    assert stored_files.digest("private", "x/a.txt") == stored_files.digest("uploads", "documents/a.txt")
    with pytest.raises(BackupError, match="exists already"):
        stored_files.save("private", "x/a.txt", ContentFile(b"other"))
    with pytest.raises(BackupError, match="to empty ones: buckets are not renamed"):
        restoration._set_aside(print)


def test_the_static_copy_has_the_images_of_the_bucket(buckets):
    name = default_storage.save("images/x.webp", ContentFile(b"RIFF"))
    copy = Copy(["https://www.example.org"], "https://copy.example.org", media_url=current.MEDIA_URL)
    path, fragment = copy.local(default_storage.url(name), "/en/")

    assert (path, fragment) == ("/media/images/x.webp", "")
    assert Site("https://www.example.org").get(path).body == b"RIFF"


@pytest.mark.slow
def test_a_site_with_buckets_is_backed_up_lost_and_restored(server, client_of_s3, tmp_path):
    loaded, template = snapshots.loaded_demo()
    variables = {
        "S3_ENDPOINT_URL": server,
        "S3_ACCESS_KEY": "key",
        "S3_SECRET_KEY": "secret",
        "S3_PRIVATE_BUCKET": "private",
        "S3_MEDIA_BUCKET": "shown",
        "S3_MEDIA_URL": f"{server}/shown",
        "BACKUP_DIR": str(tmp_path / "backups"),
        "BACKUP_KEY": KEY,
    }
    for bucket, folder in (("private", "private"), ("private", "uploads"), ("shown", "media")):
        for file in sorted((loaded / folder).rglob("*")):
            if file.is_file():
                start = "" if bucket == "shown" else f"{folder}/"
                client_of_s3.upload_file(str(file), bucket, f"{start}{file.relative_to(loaded / folder)}")
    site, place = tmp_path / "site", tmp_path / "place"
    site.mkdir()
    place.mkdir()
    name = f"buckets_{os.getpid()}"
    with snapshots.copied_database(site, name, template, loaded / "site.sqlite3") as url:
        environment = snapshots.environment(site, url, "config.settings.dev") | variables
        before = json.loads(shell(STATE, environment))
        snapshots.manage(["backup"], environment)
    assert len(before["files"]) > 10
    for bucket in ("private", "shown"):
        for key in names_in(client_of_s3, bucket):
            client_of_s3.delete_object(Bucket=bucket, Key=key)
    [backup] = (tmp_path / "backups").iterdir()
    with snapshots.copied_database(place, f"{name}_restored", *empty_source(tmp_path)) as url:
        environment = snapshots.environment(place, url, "config.settings.dev") | variables
        command = ["restore", str(backup)] + (["--set-aside"] if url.startswith("sqlite") else [])
        snapshots.manage(command, environment)
        after = json.loads(shell(STATE, environment))
    assert after["files"] == before["files"]
