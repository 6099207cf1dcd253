"""Uploads reach the disk encrypted and are gone with their request, unless they are kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from jineng.core.crypto import open_encrypted
from jineng.core.uploads import EncryptedUpload, keep

NAME = "王小明,2020-08-31\n".encode()
LARGE = NAME * 300_000


@pytest.fixture
def large() -> Iterator[HttpRequest]:
    """A request with an upload too large for memory."""
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("申领表.csv", LARGE)})
    yield request
    request.close()


def on_disk(settings: Any) -> list[Path]:
    return [path for path in settings.UPLOADS_ROOT.rglob("*") if path.is_file()]


def received(request: HttpRequest) -> UploadedFile:
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    return file


def test_a_large_upload_lies_encrypted(large: HttpRequest, settings: Any) -> None:
    upload = received(large)
    assert isinstance(upload, EncryptedUpload)
    assert (upload.name, upload.size) == ("申领表.csv", len(LARGE))
    (path,) = on_disk(settings)
    assert NAME not in path.read_bytes()
    assert upload.read() == LARGE
    upload.seek(len(NAME))
    assert upload.read(len(NAME)) == NAME


def test_it_is_gone_with_its_request(large: HttpRequest, settings: Any) -> None:
    received(large)
    assert on_disk(settings)
    large.close()
    assert on_disk(settings) == []


@pytest.mark.parametrize("content", [LARGE, NAME, b""], ids=["large", "small", "empty"])
def test_kept_it_stays_encrypted(settings: Any, content: bytes) -> None:
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.csv", content)})
    target = settings.UPLOADS_ROOT / "kept" / "one"
    keep(received(request), target)
    request.close()
    assert on_disk(settings) == [target]
    assert content == b"" or NAME not in target.read_bytes()
    with open_encrypted(target) as file:
        assert file.read() == content


def test_an_upload_broken_off_leaves_nothing(settings: Any) -> None:
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.csv", LARGE)})
    body = request.read()
    broken = RequestFactory().generic(
        "POST", "/", body[: len(body) // 2], content_type=request.META["CONTENT_TYPE"]
    )
    assert not broken.FILES or isinstance(broken.FILES["file"], EncryptedUpload)
    broken.close()
    assert on_disk(settings) == []
