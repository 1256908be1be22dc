"""The project behind the site, and its consortium."""

import datetime

from wagtail.models import Locale

from home.models import LanguageTexts, Organisation, Person, ProjectSettings


def describe_project(**fields) -> ProjectSettings:
    """Fill the settings of the project that every test site has."""
    project = ProjectSettings.objects.get()
    values = {
        "acronym": "Beacon",
        "programme_name": "EU4Health",
        "grant_number": "101000001",
        "starts_on": datetime.date(2024, 3, 1),
        "ends_on": datetime.date(2027, 2, 28),
        "contact_name": "The office",
        "contact_email": "office@example.org",
    }
    for name, value in (values | fields).items():
        setattr(project, name, value)
    project.save()
    return project


def write_texts(language: str, **fields) -> LanguageTexts:
    values = {
        "project_title": f"The beacon project ({language})",
        "authority_name": f"The agency ({language})",
        "funding_statement": f"Funded by the European Union ({language})",
        "disclaimer": f"Views are those of the authors ({language}).",
    }
    project = ProjectSettings.objects.get()
    locale = Locale.objects.get(language_code=language)
    return LanguageTexts.objects.create(project=project, locale=locale, **(values | fields))


def make_organisation(name: str, language: str = "en", **fields) -> Organisation:
    locale = Locale.objects.get(language_code=language)
    return Organisation.objects.create(name=name, locale=locale, **({"country": "FI", "role": "beneficiary"} | fields))


def make_person(name: str, language: str = "en", **fields) -> Person:
    return Person.objects.create(name=name, locale=Locale.objects.get(language_code=language), **fields)
