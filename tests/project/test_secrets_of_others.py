"""No address of Wagtail tells an account without a role the words of drafts, private files, and workflows.

Every route from the URL resolver, with the keys of such rows: numbers are easy to try. `routes.tsv` has the other routes.
"""

import re

import pytest
from django.db import transaction
from django.test import Client
from wagtail.documents.models import Document
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, GroupApprovalTask, Workflow, WorkflowTask

from home.models import ContentPage
from tests.factories.pages import make_page
from tests.factories.users import make_user
from tests.routes import Content, Route, all_routes

pytestmark = [pytest.mark.any_database, pytest.mark.slow]

WORD = re.compile(rb"zq(?:draft|image|document|tag|collection|task|workflow)", re.IGNORECASE)
# What a key of a route names, by the beginning of its address.
KINDS = {
    "admin/documents/": "document",
    "admin/images/": "image",
    "admin/collections/": "collection",
    "admin/workflows/tasks/": "task",
    "admin/workflows/": "workflow",
}
PAGES = ("page_id", "parent_page_id", "page_to_move_id", "page_pk", "object_id")


class Secrets(Content):
    def __init__(self, home_page) -> None:
        super().__init__(home_page)
        self.draft = make_page(ContentPage, home_page, "Zqdraft", live=False)
        self.draft.save_revision()
        task = GroupApprovalTask.objects.create(name="Zqtask")
        workflow = Workflow.objects.create(name="Zqworkflow")
        WorkflowTask.objects.create(workflow=workflow, task=task)
        state = workflow.start(self.draft, None)
        collection = Collection.get_first_root_node().add_child(name="Zqcollection")
        CollectionViewRestriction.objects.create(collection=collection, restriction_type="password", password="x")
        image = get_image_model().objects.create(title="Zqimage", collection=collection, file=get_test_image_file())
        document = Document.objects.create(title="Zqdocument", collection=collection, file="documents/zqdocument.pdf")
        image.tags.add("zqtag")
        self.keys = {
            "image": image.pk,
            "document": document.pk,
            "collection": collection.pk,
            "task": task.pk,
            "workflow": workflow.pk,
        }
        self.state = {"workflow_state_id": state.pk, "task_state_id": state.current_task_state_id}

    def values(self, pattern: str) -> dict[str, object]:
        values = super().values(pattern) | dict.fromkeys(PAGES, self.draft.pk) | self.state
        kind = next((kind for start, kind in KINDS.items() if pattern.startswith(start)), "")
        if kind:
            values["pk"] = self.keys[kind]
        values |= {f"{name}_id": key for name, key in self.keys.items()} | {"doc_id": self.keys["document"]}
        names = {"content_type_app_name": "news", "content_type_model_name": "newspage", "app_name": "taggit"}
        if "pages/create/" in pattern:
            names |= {"app_label": "news", "model_name": "newspage"}
        return values | names | {"filter_spec": "max-10x10"} | ({"model_name": "tag"} if "tag-" in pattern else {})


def found_in(client: Client, address: str, data: dict[str, object]) -> set[str]:
    """Return the words of others in the answers to GET and POST, and undo what these changed."""
    found: set[str] = set()
    for send in (client.get, client.post):
        with transaction.atomic():
            response = send(address, data)
            body = response.getvalue()
            response.close()
            transaction.set_rollback(True)
        assert response.status_code < 500, f"{address}: {response.status_code}"
        found |= {word.decode().lower() for word in WORD.findall(body)}
    return found


def routes() -> dict[str, Route]:
    found: dict[str, Route] = {}
    for route in all_routes():
        if route.pattern.startswith("admin/") and not route.is_own and "logout" not in route.pattern:
            found.setdefault(route.pattern, route)
    return found


def test_no_address_names_what_an_account_may_not_see(home_page):
    secrets = Secrets(home_page)
    client = Client(raise_request_exception=False)
    client.force_login(make_user("nobody"))
    told = {}
    data = {"parent_page": secrets.draft.pk, "id": secrets.draft.pk, "term": "zq", "q": "zq", "next": "/admin/"}
    for pattern, route in routes().items():
        if words := found_in(client, secrets.address(route), data):
            told[pattern] = words
    assert told == {}
