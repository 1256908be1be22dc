"""Where files are stored, what may be uploaded, and backups."""

from pathlib import Path

from config import environment
from config.settings.folders import DATA_DIR, SITE_DIR

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
# Files that only views serve, after a permission check (`home/private_files.py`). The web server must not serve them.
PRIVATE_FILES = {
    "BACKEND": "home.private_files.PrivateFileSystemStorage",
    "OPTIONS": {
        "location": str(DATA_DIR / "private"),
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
# Documents and original images are in this private folder; scaled images and avatars are in MEDIA_ROOT.
UPLOADS = {"BACKEND": "home.private_files.UploadStorage", "OPTIONS": {"location": str(DATA_DIR / "uploads")}}
# Buckets of an S3 server instead of these folders (`home/object_storage.py`): a private one and a public one.
S3_MEDIA_URL = environment.text("S3_MEDIA_URL").rstrip("/")
if environment.text("S3_PRIVATE_BUCKET") or environment.text("S3_MEDIA_BUCKET"):
    environment.require(
        {
            "S3_ENDPOINT_URL": "the address of the S3 server, such as https://s3.example.org",
            "S3_ACCESS_KEY": "the name of the key for the S3 server",
            "S3_SECRET_KEY": "the key for the S3 server",
            "S3_PRIVATE_BUCKET": "the bucket of documents, original images and other private files",
            "S3_MEDIA_BUCKET": "the bucket of scaled images, which everyone may read",
            "S3_MEDIA_URL": "the public address of the bucket of scaled images",
        }
    )
    S3 = {
        "endpoint_url": environment.text("S3_ENDPOINT_URL"),
        "region_name": environment.text("S3_REGION", "us-east-1"),
        "access_key": environment.text("S3_ACCESS_KEY"),
        "secret_key": environment.text("S3_SECRET_KEY"),
    }
    S3_PRIVATE = {**S3, "bucket_name": environment.text("S3_PRIVATE_BUCKET")}
    S3_MEDIA = {
        **S3,
        "bucket_name": environment.text("S3_MEDIA_BUCKET"),
        # A scaled image never changes, because its name contains a digest of how it was made.
        "object_parameters": {"CacheControl": "public, max-age=2592000"},
    }
    MEDIA_URL = f"{S3_MEDIA_URL}/"
    PRIVATE_FILES = {
        "BACKEND": "home.object_storage.ObjectStorage",
        "OPTIONS": {**S3_PRIVATE, "location": "private"},
    }
    UPLOADS = {
        "BACKEND": "home.object_storage.UploadObjectStorage",
        "OPTIONS": {"private": {**S3_PRIVATE, "location": "uploads"}, "shown": S3_MEDIA},
    }
STORAGES = {
    "default": UPLOADS,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "private": PRIVATE_FILES,
}

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]

# What may be uploaded

WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILIMAGES_IMAGE_MODEL = "home.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "home.images.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "epub", "ics", "odp", "ods", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "home.documents.DocumentForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 40 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
FACT_SHEETS_MAX_UPLOAD_SIZE = environment.number("FACT_SHEETS_MAX_UPLOAD_SIZE", 40 * 1024 * 1024)

# Backups

# Days for which backups are kept. The erasure log is kept longer (`events/registration/privacy/erasure_log.py`).
BACKUP_DAYS = environment.number("BACKUP_DAYS", 35)
# The folder for `manage.py backup`, and the keys for backups: the first one encrypts, all of them decrypt.
BACKUP_DIR = Path(environment.text("BACKUP_DIR") or DATA_DIR / "backups")
BACKUP_KEY = environment.keys("BACKUP_KEY")
