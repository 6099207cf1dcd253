"""Uploads go to the disk encrypted, from their first byte on."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from jineng.core.crypto import EncryptingFile, create_encrypted, open_encrypted

RECEIVING = "receiving"


class EncryptedUpload(UploadedFile):
    """An upload that lies encrypted at `path`; reading it gives what was sent.

    Closing it deletes the file, unless it was taken away with `move_to` before.
    """

    def __init__(self, path: Path, name: str, size: int, content_type: str) -> None:
        super().__init__(open_encrypted(path), name, content_type, size)
        self.path = path

    def move_to(self, target: Path) -> None:
        """Keeps the upload, still encrypted, as `target` on the same disk."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.rename(target)

    def close(self) -> None:
        """Closes and deletes, as Django does with every upload at the end of its request."""
        super().close()
        self.path.unlink(missing_ok=True)


class EncryptedUploadHandler(FileUploadHandler):
    """For whatever is too large to be kept in memory."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Opens the file that the upload is written to."""
        super().new_file(*args, **kwargs)
        folder = settings.UPLOADS_ROOT / RECEIVING
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path: Path = folder / secrets.token_hex(16)
        self.sealed: EncryptingFile = create_encrypted(self.path)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Encrypts what has come."""
        self.sealed.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Hands over the finished upload."""
        self.sealed.close()
        return EncryptedUpload(self.path, self.file_name or "", file_size, self.content_type or "")

    def upload_interrupted(self) -> None:
        """Deletes what was written when the sender went away."""
        if hasattr(self, "sealed"):
            self.sealed.abandon()
            self.path.unlink(missing_ok=True)


def keep(upload: UploadedFile, target: Path) -> None:
    """Keeps an upload of any size, encrypted, as the new file `target`."""
    if isinstance(upload, EncryptedUpload):
        upload.move_to(target)
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with create_encrypted(target) as sealed:
        for chunk in upload.chunks():
            sealed.write(chunk)
