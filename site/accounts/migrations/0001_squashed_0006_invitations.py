import accounts.append_only
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


# For new databases. Others apply the migrations that it replaces, and then count it as applied.
class Migration(migrations.Migration):

    replaces = [('accounts', '0001_initial'), ('accounts', '0002_append_only'), ('accounts', '0003_sessions_and_second_factor'), ('accounts', '0004_attempts_that_are_being_checked'), ('accounts', '0005_single_sign_on'), ('accounts', '0006_invitations')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('home', '0009_organisations_of_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RunningAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('signed_in', 'signed in'), ('sign_in_failed', 'failed to sign in'), ('sign_in_locked', 'sign-in locked after failed attempts'), ('page_password_failed', 'wrong password of a page or document'), ('second_factor_failed', 'wrong second factor'), ('second_factor_added', 'second factor added'), ('second_factor_removed', 'second factor removed'), ('second_factor_reset', 'second factor reset by an administrator'), ('single_sign_on_added', 'single sign-on connected'), ('single_sign_on_removed', 'connection with single sign-on ended'), ('single_sign_on_refused', 'single sign-on refused'), ('password_reset_requested', 'asked to reset a password'), ('password_changed', 'password changed'), ('email_changed', 'email address changed'), ('account_added', 'account added'), ('account_changed', 'account activated, deactivated, or made administrator or not'), ('account_deleted', 'account deleted'), ('groups_changed', 'groups of an account changed'), ('permissions_changed', 'permissions of a group or account changed'), ('event_access_changed', 'access to the registrations of an event changed'), ('list_viewed', 'viewed a list of people'), ('sensitive_viewed', 'viewed sensitive answers'), ('exported', 'exported data of people'), ('session_ended', 'signed out in another browser'), ('record_exported', 'exported the record of access'), ('invited', 'invited somebody to have an account'), ('invitation_withdrawn', 'withdrew an invitation'), ('handed_over', 'handed over the pages of an account')], max_length=30)),
                ('subject_key', models.CharField(max_length=64)),
                ('network_key', models.CharField(blank=True, max_length=64)),
                ('started_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'attempt that is being checked',
                'verbose_name_plural': 'attempts that are being checked',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='AccessRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ('action', models.CharField(choices=[('signed_in', 'signed in'), ('sign_in_failed', 'failed to sign in'), ('sign_in_locked', 'sign-in locked after failed attempts'), ('page_password_failed', 'wrong password of a page or document'), ('second_factor_failed', 'wrong second factor'), ('second_factor_added', 'second factor added'), ('second_factor_removed', 'second factor removed'), ('second_factor_reset', 'second factor reset by an administrator'), ('single_sign_on_added', 'single sign-on connected'), ('single_sign_on_removed', 'connection with single sign-on ended'), ('single_sign_on_refused', 'single sign-on refused'), ('password_reset_requested', 'asked to reset a password'), ('password_changed', 'password changed'), ('email_changed', 'email address changed'), ('account_added', 'account added'), ('account_changed', 'account activated, deactivated, or made administrator or not'), ('account_deleted', 'account deleted'), ('groups_changed', 'groups of an account changed'), ('permissions_changed', 'permissions of a group or account changed'), ('event_access_changed', 'access to the registrations of an event changed'), ('list_viewed', 'viewed a list of people'), ('sensitive_viewed', 'viewed sensitive answers'), ('exported', 'exported data of people'), ('session_ended', 'signed out in another browser'), ('record_exported', 'exported the record of access'), ('invited', 'invited somebody to have an account'), ('invitation_withdrawn', 'withdrew an invitation'), ('handed_over', 'handed over the pages of an account')], max_length=30)),
                ('user_pk', models.BigIntegerField(db_index=True, null=True)),
                ('username', models.CharField(blank=True, max_length=150)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('network', models.CharField(blank=True, max_length=45)),
                ('subject_key', models.CharField(blank=True, max_length=64)),
                ('network_key', models.CharField(blank=True, max_length=64)),
                ('detail', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': 'entry of the record of access',
                'verbose_name_plural': 'record of access',
                'ordering': ['-at', '-pk'],
                'default_permissions': ('view',),
                'indexes': [models.Index(fields=['action', 'subject_key', 'at'], name='access_record_subject'), models.Index(fields=['action', 'network_key', 'at'], name='access_record_network')],
            },
        ),
        migrations.CreateModel(
            name='UserSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(max_length=40, unique=True)),
                ('device', models.CharField(blank=True, max_length=100)),
                ('network', models.CharField(blank=True, max_length=45)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listed_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session of a user',
                'verbose_name_plural': 'sessions of users',
                'ordering': ['-last_used_at', '-pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='email address')),
                ('first_name', models.CharField(max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(max_length=150, verbose_name='last name')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('nonce', models.CharField(editable=False, max_length=22)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(editable=False)),
                ('accepted_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('groups', models.ManyToManyField(related_name='+', to='auth.group', verbose_name='roles')),
                ('invited_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.organisation', verbose_name='partner')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at', '-pk'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('accepted_at', None), ('withdrawn_at', None), _connector='OR'), name='invitation_ends_once')],
            },
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('name', models.CharField(blank=True, max_length=100)),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_used_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='known_devices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'known device',
                'verbose_name_plural': 'known devices',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('user', 'token_hash'), name='known_device_once_per_user')],
            },
        ),
        migrations.RunPython(
            code=accounts.append_only.install_in_migration,
            reverse_code=accounts.append_only.remove_in_migration,
        ),
    ]
