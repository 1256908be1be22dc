"""What a member of staff sees wrong is a screen of the admin, with a way back, in the language of the account."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client, override_settings
from django.urls import path, reverse
from django.utils.translation import gettext, override
from wagtail.users.models import UserProfile

from config import urls
from home import roles
from tests.factories.users import make_user
from tests.html import soup, text_of

pytestmark = pytest.mark.any_database

HEADINGS = {
    "expired": "The form could not be sent",
    "refused": "You do not have access to this page",
    "gone": "Page not found",
    "large": "Your form is too large",
}


def refused(request):
    raise PermissionDenied


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [path("admin/refused/", refused), path("admin/broken/", broken), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


@pytest.fixture
def user(home_pages) -> User:
    """An editor who reads the admin in Finnish, with a browser that asks for Greek."""
    user = make_user("editor", group=roles.EDITORS)
    profile = UserProfile.get_for_user(user)
    profile.preferred_language = "fi"
    profile.save()
    return user


@pytest.fixture
def browser(user) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers={"accept-language": "el"})
    client.force_login(user)
    return client


def in_finnish(text: str) -> str:
    with override("fi"):
        return gettext(text)


def check(response, status: int, heading: str) -> None:
    """Check that the response is a screen of the admin in Finnish that says what is wrong."""
    page = soup(response)
    assert response.status_code == status
    assert page.html["lang"] == "fi"
    assert response["Content-Language"] == "fi"
    assert text_of(page.h1) == in_finnish(heading) != heading
    assert page.select_one("#wagtail-sidebar") is not None
    assert reverse("wagtailadmin_home") in [a["href"] for a in page.select(".error-screen a")]


def test_an_expired_form_is_a_screen_with_a_way_back(browser):
    form = f"{reverse('wagtailsnippets_home_person:add')}?locale=en"
    response = browser.post(form, {"name": "Anna"}, headers={"referer": f"http://testserver{form}"})

    check(response, 403, HEADINGS["expired"])
    assert soup(response).select_one(".error-screen a")["href"] == form


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "https://elsewhere.test/admin/",
        "http://testserver/en/",
        "http://testserver.elsewhere.test/admin/",
        "javascript:x",
    ],
)
def test_the_way_back_leads_to_the_admin_only(browser, referer):
    response = browser.post(reverse("wagtailsnippets_home_person:add"), headers={"referer": referer})

    check(response, 403, HEADINGS["expired"])
    assert soup(response).select_one(".error-screen a")["href"] == reverse("wagtailadmin_home")


@override_settings(ROOT_URLCONF=__name__)
def test_a_refused_action_is_a_screen(browser):
    check(browser.get("/admin/refused/"), 403, HEADINGS["refused"])


def test_a_refused_screen_leads_to_the_dashboard_with_a_message(browser):
    response = browser.get(reverse("wagtailusers_users:index"), follow=True)

    assert response.redirect_chain == [(reverse("wagtailadmin_home"), 302)]
    with override("fi"):
        expected = gettext("Sorry, you do not have permission to access this area.")
    assert expected in text_of(soup(response).select_one(".messages"))


@pytest.mark.parametrize("address", ["/admin/nowhere/", "/admin/pages/999999/edit/", "/admin/pages/999999/history/"])
def test_what_is_gone_is_a_screen(browser, address):
    check(browser.get(address), 404, HEADINGS["gone"])


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_large_a_form_is_a_screen(browser):
    browser.handler.enforce_csrf_checks = False
    check(browser.post(reverse("wagtailsnippets_home_person:add"), {"name": "x" * 5000}), 413, HEADINGS["large"])


@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=5)
def test_too_many_fields_are_a_screen(browser):
    browser.handler.enforce_csrf_checks = False
    fields = {f"field-{number}": "x" for number in range(10)}
    check(browser.post(reverse("wagtailsnippets_home_person:add"), fields), 413, HEADINGS["large"])


@override_settings(ROOT_URLCONF=__name__)
def test_a_fault_is_in_the_language_of_the_account_and_leads_to_the_dashboard(browser):
    response = browser.get("/admin/broken/")

    page = soup(response)
    assert (response.status_code, page.html["lang"]) == (500, "fi")
    assert page.main.a["href"] == reverse("wagtailadmin_home")


def test_a_large_file_after_the_session_has_ended_asks_to_sign_in(home_page):
    large = io.BytesIO(b"x" * (4 * 1024 * 1024))
    response = Client().post(reverse("wagtailimages:add"), {"file": large})

    page = soup(response)
    assert (response.status_code, text_of(page.h1)) == (413, HEADINGS["large"])
    assert page.main.a["href"] == reverse("account_login")


@override_settings(ROOT_URLCONF=__name__)
def test_scripts_of_the_admin_get_no_screen(browser):
    response = browser.get("/admin/refused/", headers={"x-requested-with": "XMLHttpRequest"})

    assert response.status_code == 403
    assert "wagtail-sidebar" not in response.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_visitors_see_no_screen_of_the_admin(client, home_page):
    response = client.get("/admin/refused/")

    assert response.status_code == 403
    assert "wagtail" not in response.content.decode()
