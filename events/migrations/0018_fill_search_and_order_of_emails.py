from django.db import migrations
from django.db.models import Case, Value, When

from home.names import searchable

BATCH = 1_000
# As in `events/enums.py` when the field was added.
BULK = ["no_place", "reminder", "event_changed", "event_off", "certificate", "survey", "message"]


def fill(apps, schema_editor):
    Registration = apps.get_model("events", "Registration")
    named = Registration.objects.filter(anonymised_at=None, searchable_name="").exclude(name="", email="")
    last = 0
    while batch := list(named.filter(pk__gt=last).order_by("pk")[:BATCH]):
        for registration in batch:
            registration.searchable_name = searchable(registration.name)
            registration.searchable_details = searchable(f"{registration.email} {registration.organisation}")
        Registration.objects.bulk_update(batch, ["searchable_name", "searchable_details"])
        last = batch[-1].pk
    apps.get_model("events", "OutboxMail").objects.update(
        priority=Case(When(kind="organiser", then=Value(1)), When(kind__in=BULK, then=Value(2)), default=Value(0))
    )


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0017_search_and_order_of_emails"),
    ]

    operations = [
        # Reversed, nothing is left to do: the migration before removes the columns.
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
