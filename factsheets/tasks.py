from django_tasks import task

from factsheets import versions


@task()
def validate_version(version_pk: int) -> None:
    versions.validate_version(version_pk)
