"""Passwords that consist mainly of the name of the site."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from wagtail.models import Site

pytestmark = pytest.mark.any_database


@pytest.fixture(autouse=True)
def named(db, settings):
    Site.objects.update(site_name="DigiCanTrain")
    settings.WAGTAIL_SITE_NAME = "Project site"
    settings.PUBLIC_BASE_URL = "https://www.oncoskills.eu"


@pytest.mark.parametrize(
    "password", ["DigiCanTrain2026", "oncoskills-oncoskills", "project-site-99", "1234digicantrain"]
)
def test_names_of_the_site_are_refused(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert refused.value.messages == ["Use more than the name of this site in your password."]


@pytest.mark.parametrize("password", ["correct horse battery", "digicantrain with violet umbrellas"])
def test_other_passwords_are_accepted(password):
    validate_password(password)
