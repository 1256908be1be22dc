from django.db import migrations

from accounts.append_only import install_in_migration, remove_in_migration


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(install_in_migration, remove_in_migration)]
