import uuid

from django.db import migrations, models
from django.db.models import F


def copy_keys(apps, schema_editor):
    """Keep the UIDs of entries that are in calendars already."""
    apps.get_model("events", "Registration").objects.update(calendar_key=F("key"))


class Migration(migrations.Migration):

    dependencies = [
        ("events", "0007_mail_hold"),
    ]

    operations = [
        migrations.AddField(
            model_name="registration",
            name="calendar_key",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.RunPython(copy_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="registration",
            name="calendar_key",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.AddIndex(
            model_name="registration",
            index=models.Index(fields=["event", "email_key"], name="registration_person"),
        ),
    ]
