"""The URLs of the site. Wagtail routes the pages below the language prefix."""

from allauth.mfa.base import views as factor_views
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts import page_passwords, single_sign_on
from accounts.admin.invitations import AcceptView
from accounts.admin.password_reset import PasswordResetConfirmView
from accounts.sign_in import ReaderSignInView, SignInView
from events.presentation.feeds import EventsFeed
from events.views import calendar, door, door_offline, embed, verify
from events.views.personal import code_word, confirm, detail, edit, sessions, survey
from factsheets.feeds import FactSheetFeed
from home import api, document_serving, health, metrics, press_pack, share_pictures, views
from home.admin import approval_steps, choosers, deletion, image_preview, page_history, redirect_import, wagtail_reports
from home.enquiries import views as enquiries
from home.http import routing
from home.previews import views as previews
from home.seo import sitemaps, well_known
from news.feeds import NewsFeed

handler400 = "home.views.bad_request"
handler403 = "home.views.permission_denied"
handler404 = "home.views.page_not_found"
handler500 = "home.views.server_error"

urlpatterns = [
    path("", views.choose_language, name="root"),
    path("robots.txt", well_known.robots, name="robots"),
    path("favicon.ico", well_known.icon),
    path(".well-known/security.txt", well_known.security, name="security"),
    path(".well-known/change-password", well_known.change_password),
    path(".well-known/did.json", verify.did, name="did"),
    path("badges/status/<int:number>", verify.badge_status, name="badge_status"),
    path("healthz", health.health, name="health"),
    path("readyz", health.readiness, name="readiness"),
    path("metrics", metrics.metrics, name="metrics"),
    path("share-pictures/<int:pk>/<slug:digest>/<slug:shape>.png", share_pictures.share_picture, name="share_picture"),
    path("press-pack/<uuid:key>.zip", press_pack.pack, name="press_pack"),
    path("api/v2/", include(api)),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path("sitemap-<slug:language>.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<slug:language>.<int:number>.xml", sitemaps.sitemap, name="sitemap"),
    path("admin/login/", SignInView.as_view(), name="account_login"),
    path("admin/login/factor/", factor_views.authenticate, name="mfa_authenticate"),
    path("admin/login/remember/", factor_views.trust, name="mfa_trust"),
    # allauth finds these views by their names and by the argument `provider_id`.
    path("admin/login/sso/", single_sign_on.begin, {"provider_id": "sso"}, name="openid_connect_login"),
    path("admin/login/sso/finish/", single_sign_on.finish, {"provider_id": "sso"}, name="openid_connect_callback"),
    path(
        "admin/password_reset/confirm/<uidb64>/<token>/",
        PasswordResetConfirmView.as_view(),
        name="wagtailadmin_password_reset_confirm",
    ),
    path("admin/invitation/<str:token>/", AcceptView.as_view(), name="invitation"),
    path("admin/", include(choosers)),
    path("admin/", include(page_history)),
    path("admin/", include(approval_steps)),
    path("admin/", include(deletion)),
    path("admin/", include(image_preview)),
    path("admin/", include(redirect_import)),
    path("admin/", include(wagtail_reports)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/authenticate_with_password/<int:restriction_id>/", page_passwords.document_password),
    re_path(r"^documents/(\d+)/(.*)$", document_serving.serve),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.DEBUG:
    from django.conf.urls.static import static

    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
    urlpatterns += [
        path("demo/mail/", include("events.views.demo_mailbox")),
        path("demo/components/", include("home.demo.components")),
    ]

urlpatterns += i18n_patterns(
    path("search/", views.search, name="search"),
    path("enquiries/<uuid:key>/", enquiries.send, name="enquiry"),
    path("enquiries/<uuid:key>/sent/", enquiries.sent, name="enquiry_sent"),
    path("project-citation/<uuid:key>.<slug:style>", press_pack.citation, name="project_citation"),
    path("site.webmanifest", well_known.manifest, name="manifest"),
    path("feeds/news/", NewsFeed(), name="news_feed"),
    path("feeds/events/", EventsFeed(), name="events_feed"),
    path("embed/events/", embed.next_events, name="events_embed"),
    path("calendars/events.ics", calendar.all_events, name="events_calendar"),
    path("calendars/event/<uuid:key>.ics", calendar.event, name="event_calendar"),
    path("calendars/timetable/<uuid:key>.ics", calendar.timetable, name="timetable_calendar"),
    path("calendars/row/<uuid:key>.ics", calendar.row, name="row_calendar"),
    path("calendars/programme/<uuid:key>.pdf", calendar.programme, name="event_programme"),
    path("feeds/fact-sheets/", FactSheetFeed(), name="fact_sheet_feed"),
    # Shows a draft to everyone who has the link. It is never linked, indexed or cached.
    path("preview/<str:token>/", previews.draft_preview, name="draft_preview"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:number>/", verify.verify_number, name="verify_number"),
    # The link is as secret as a personal link (decision 121).
    path("door/<str:token>/", door.door, name="door"),
    path("door/<str:token>/offline/", door.offline_page, name="door_offline"),
    path("door/<str:token>/people.json", door_offline.people, name="door_people"),
    path("door/<str:token>/scans/", door_offline.scans, name="door_scans"),
    path("door/<str:token>/worker.js", door_offline.worker, name="door_worker"),
    path("door/<str:token>/check-in.webmanifest", door_offline.manifest, name="door_manifest"),
    path("registration/erased/", confirm.erased, name="registration_erased"),
    # The token gives access to personal data, so these pages are never linked, indexed or cached (decision 0046).
    path("registration/<str:token>/", detail.overview, name="registration"),
    path("registration/<str:token>/change/", edit.change, name="registration_change"),
    path("registration/<str:token>/mode/", edit.mode, name="registration_mode"),
    path("registration/<str:token>/sessions/", sessions.sessions, name="registration_sessions"),
    path("registration/<str:token>/withdraw/", confirm.withdraw, name="registration_withdraw"),
    path("registration/<str:token>/accept/", confirm.accept, name="registration_accept"),
    path("registration/<str:token>/complete/", edit.complete, name="registration_complete"),
    path("registration/<str:token>/decline/", confirm.decline, name="registration_decline"),
    path("registration/<str:token>/consent/", edit.consent, name="registration_consent"),
    path("registration/<str:token>/join/", detail.join, name="registration_join"),
    path("registration/<str:token>/ticket.pdf", detail.ticket, name="registration_ticket"),
    path("registration/<str:token>/certificate.pdf", detail.certificate, name="registration_certificate"),
    path("registration/<str:token>/badge.png", detail.badge, name="registration_badge"),
    path("registration/<str:token>/code-word/", code_word.code_word, name="registration_code_word"),
    path("registration/<str:token>/survey/", survey.survey, name="registration_survey"),
    path("registration/<str:token>/calendar.ics", detail.calendar, name="registration_calendar"),
    path("registration/<str:token>/data/", detail.data, name="registration_data"),
    path("registration/<str:token>/data.json", detail.data_file, name="registration_data_file"),
    # The token of the link that confirms a new email address. It gives no access to the registration before that.
    path("registration/<str:token>/confirm-address/", confirm.confirm_address, name="registration_confirm_address"),
    path("registration/<str:token>/erase/", confirm.erase, name="registration_erase"),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/", page_passwords.page_password
    ),
    path("_util/login/", ReaderSignInView.as_view()),
    *[pattern for pattern in wagtail_urls.urlpatterns if pattern.name != "wagtail_serve"],
    re_path(wagtail_urls.serve_pattern, routing.serve, name="wagtail_serve"),
)
