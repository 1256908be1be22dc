"""Selects the pages and files that a user may choose: those that they may read on the site or edit.

Wagtail's own choosers list all pages, and all files of the collections that a user may choose from, even if a collection is
private.
"""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from wagtail.documents import get_document_model
from wagtail.documents.permissions import permission_policy as document_policy
from wagtail.images import get_image_model
from wagtail.images.permissions import permission_policy as image_policy
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from home.page_permissions import own_pages


def may_choose(user: User | AnonymousUser | None, target: Model) -> bool:
    """Return whether the user may refer to a page, document, image or snippet.

    Passwords that they entered do not count. Of snippets everyone may choose the published ones: pages cannot show others.
    """
    readable = {
        Page: readable_pages,
        get_document_model(): readable_documents,
        get_image_model(): readable_images,
    }.get(Page if isinstance(target, Page) else type(target))
    if readable is None:
        return getattr(target, "live", True)
    model = Page if isinstance(target, Page) else type(target)
    return readable(model._default_manager.filter(pk=target.pk), request_of(user)).exists()


def request_of(user: User | AnonymousUser | None) -> HttpRequest:
    """Return a request of the user that has no session, so it has none of the passwords that they entered."""
    request = HttpRequest()
    request.user = user or AnonymousUser()
    request.session = {}  # type: ignore[assignment]  # policies only read it
    return request


def readable_pages(pages: QuerySet, request: HttpRequest) -> QuerySet:
    """Return the pages among `pages` that the user may read or edit. The root is included: its title is not secret."""
    restrictions = PageViewRestriction.objects.select_related("page")
    refused = [row.page for row in restrictions if not row.accept_request(request)]
    aliases = Page.objects.filter(alias_of__in=refused).values_list("path", flat=True) if refused else []
    private = _below("path", [*(page.path for page in refused), *aliases])
    return pages.filter(Q(depth=1) | (Q(live=True) & ~private) | _may_edit(request.user))


def editable_pages(pages: QuerySet, user: User | AnonymousUser) -> QuerySet:
    """Return the pages among `pages` that the user may edit or publish."""
    return pages.filter(_may_edit(user))


def _may_edit(user: User | AnonymousUser) -> Q:
    editable = PagePermissionPolicy().instances_user_has_any_permission_for(user, ["change", "publish"])
    return Q(pk__in=editable.order_by().values("pk")) | Q(translation_key__in=own_pages(user).keys)


def readable_documents(documents: QuerySet, request: HttpRequest) -> QuerySet:
    return _readable_files(documents, request, document_policy)


def readable_images(images: QuerySet, request: HttpRequest) -> QuerySet:
    return _readable_files(images, request, image_policy)


def _readable_files(files: QuerySet, request: HttpRequest, policy: CollectionOwnershipPermissionPolicy) -> QuerySet:
    """Return the files that are in no private collection or that the user may change, such as their own uploads.

    The conditions use only fields by which the search can filter, because choosers search in the result.
    """
    restrictions = CollectionViewRestriction.objects.select_related("collection")
    refused = [row.collection.path for row in restrictions if not row.accept_request(request)]
    if not refused:
        return files
    user = request.user
    owner = user if user.is_authenticated else None
    hidden, with_uploads = [], []
    for collection in Collection.objects.filter(_below("path", refused)):
        if not policy.user_has_permission_for_instance(user, "change", policy.model(collection=collection)):
            hidden.append(collection.pk)
            upload = policy.model(collection=collection, uploaded_by_user=owner)
            if owner and policy.user_has_permission_for_instance(user, "change", upload):
                with_uploads.append(collection.pk)
    condition = ~Q(collection__in=hidden)
    if with_uploads:
        condition |= Q(collection__in=with_uploads, uploaded_by_user=owner)
    return files.filter(condition) if hidden else files


def _below(name: str, paths: list[str]) -> Q:
    condition = Q(pk__in=[])
    for start in paths:
        condition |= Q(**{f"{name}__startswith": start})
    return condition
