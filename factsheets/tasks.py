from django_tasks import task

from factsheets.validation.runner import check


@task()
def check_version(version_pk: int) -> None:
    check(version_pk)
