"""The demo content: DigiCanTrain's site. `manage.py load_demo` creates it."""

from home.demo import (
    accessibility,
    contact,
    home_page,
    partners,
    privacy,
    programme,
    project,
    project_settings,
    results,
)
from home.demo.blocks import identifier
from home.models import (
    AccessibilityPage,
    Contact,
    ContactPage,
    ContentPage,
    LanguageTexts,
    Milestone,
    Organisation,
    PartnersPage,
    Person,
    PrivacyPage,
    ProgrammeModule,
    ProgrammePage,
    ProjectPage,
    ProjectSettings,
    ResultMilestone,
    ResultsPage,
)


def build(demo):
    demo.adopt("home", demo.site.root_page)
    for key, values in partners.ORGANISATIONS.items():
        demo.snippet(key, Organisation, **values)
    demo.snippet("leader", Person, organisation=demo.snippets["turku"], **partners.LEADER)
    fill_settings(demo)

    demo.page("project", ProjectPage, "Project")
    demo.page("programme", ProgrammePage, "Training programme", slug="programme")
    demo.page("levels", ContentPage, "Levels and credits", parent="programme", slug="levels-and-credits")
    demo.page("partners", PartnersPage, "Partners")
    demo.page("results", ResultsPage, "Results")
    demo.page("contact", ContactPage, "Contact")
    demo.page("privacy", PrivacyPage, "Privacy notice", slug="privacy")
    demo.page("accessibility", AccessibilityPage, "Accessibility statement", slug="accessibility")

    demo.fill("home", home_page.content)
    demo.fill("project", project_content)
    demo.fill("programme", programme_content)
    demo.fill("levels", programme.levels)
    demo.fill("partners", in_menu(partners.content))
    demo.fill("results", results_content)
    demo.fill("contact", contact_content)
    demo.fill("privacy", privacy.content)
    demo.fill("accessibility", accessibility.content)


def in_menu(content):
    return lambda demo: {**content(demo), "show_in_menus": True}


def project_content(demo):
    milestones = rows(demo, Milestone, "project/milestones", project.milestones())
    return {**project.content(demo), "milestones": milestones, "show_in_menus": True}


def programme_content(demo):
    modules = rows(demo, ProgrammeModule, "programme/modules", programme.modules())
    return {**programme.content(demo), "modules": modules, "show_in_menus": True}


def results_content(demo):
    milestones = rows(demo, ResultMilestone, "results/milestones", results.milestones())
    return {**results.content(demo), "result_milestones": milestones, "show_in_menus": True}


def contact_content(demo):
    contacts = rows(demo, Contact, "contact/contacts", contact.contacts(demo))
    return {**contact.content(demo), "contacts": contacts}


def rows(demo, model, key, values):
    """Return unsaved child rows of a page in order, each with a translation key that is the same each time."""
    return [
        model(translation_key=identifier(key, number), locale=demo.source, sort_order=number, **value)
        for number, value in enumerate(values)
    ]


def fill_settings(demo):
    """Enter the project's settings and official texts, unless some are entered already."""
    settings = ProjectSettings.objects.get(site=demo.site)
    if settings.grant_number or settings.programme_name or settings.texts.exists():
        return
    for name, value in project_settings.SETTINGS.items():
        setattr(settings, name, value)
    settings.coordinator = demo.snippets["turku"]
    settings.texts = [
        LanguageTexts(locale=demo.locales[code], sort_order=number, **texts)
        for number, (code, texts) in enumerate(project_settings.TEXTS.items())
        if code in demo.locales
    ]
    settings.full_clean()
    settings.save()
    demo.report("project settings, with the funding texts of each language")
