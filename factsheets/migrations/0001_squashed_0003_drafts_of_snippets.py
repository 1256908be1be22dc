import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import factsheets.models.publication
import home.languages
import home.models.held_back
import home.models.sections
import home.private_files
import modelcluster.fields
import uuid
import wagtail.contrib.routable_page.models
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


# For new databases. Others apply the migrations that it replaces, and then count it as applied.
class Migration(migrations.Migration):

    replaces = [('factsheets', '0001_initial'), ('factsheets', '0002_images_with_placeholders'), ('factsheets', '0003_drafts_of_snippets')]

    initial = True

    dependencies = [
        ('home', '0025_deliverable_editors'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactSheetIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('lead', models.TextField(blank=True, help_text='One or two sentences, shown below the title. At most 400 characters.', max_length=400, verbose_name='introduction')),
                ('summary', models.TextField(blank=True, help_text='Shown in lists, search results and feeds. At most 300 characters. Without it, the introduction is used.', max_length=300, verbose_name='short summary')),
                ('share_image', models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image')),
            ],
            options={
                'verbose_name': 'fact sheet list',
            },
            bases=(home.models.sections.SectionIndexMixin, home.models.held_back.HeldBackMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='TargetGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('locked', models.BooleanField(default=False, editable=False, verbose_name='locked')),
                ('locked_at', models.DateTimeField(editable=False, null=True, verbose_name='locked at')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('key', models.SlugField(help_text='Used in the address of the filtered list. It is the same in every language.', max_length=60, verbose_name='address part')),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('locked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='locked_%(class)ss', to=settings.AUTH_USER_MODEL, verbose_name='locked by')),
            ],
            options={
                'verbose_name': 'target group',
                'verbose_name_plural': 'target groups',
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('key', 'locale'), name='factsheets_target_group_key_per_language', violation_error_message='Another entry in this language already has this address part.')],
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(home.models.held_back.HeldBackMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('live', models.BooleanField(default=True, editable=False, verbose_name='live')),
                ('has_unpublished_changes', models.BooleanField(default=False, editable=False, verbose_name='has unpublished changes')),
                ('first_published_at', models.DateTimeField(blank=True, db_index=True, null=True, verbose_name='first published at')),
                ('last_published_at', models.DateTimeField(editable=False, null=True, verbose_name='last published at')),
                ('go_live_at', models.DateTimeField(blank=True, null=True, verbose_name='go live date/time')),
                ('expire_at', models.DateTimeField(blank=True, null=True, verbose_name='expiry date/time')),
                ('expired', models.BooleanField(default=False, editable=False, verbose_name='expired')),
                ('locked', models.BooleanField(default=False, editable=False, verbose_name='locked')),
                ('locked_at', models.DateTimeField(editable=False, null=True, verbose_name='locked at')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('key', models.SlugField(help_text='Used in the address of the filtered list. It is the same in every language.', max_length=60, verbose_name='address part')),
                ('latest_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='latest revision')),
                ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='wagtailcore.revision', verbose_name='live revision')),
                ('locale', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wagtailcore.locale', verbose_name='locale')),
                ('locked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='locked_%(class)ss', to=settings.AUTH_USER_MODEL, verbose_name='locked by')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('key', 'locale'), name='factsheets_topic_key_per_language', violation_error_message='Another entry in this language already has this address part.')],
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(home.models.held_back.HeldBackMixin, models.Model),
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('doi', models.CharField(blank=True, help_text='For example 10.1234/abcd.', max_length=120, validators=[django.core.validators.RegexValidator('^10\\.\\d{4,9}/\\S+$', 'Enter the DOI without https://doi.org/, for example 10.1234/abcd.')], verbose_name='DOI')),
                ('name', models.CharField(help_text='Used in lists and reports for editors. Visitors see the title of the page in their language.', max_length=255, verbose_name='name')),
                ('original_language', models.CharField(choices=home.languages.language_choices, default='en', help_text='The file in this language is marked as the original; files in other languages are its translations.', max_length=5, verbose_name='original language')),
                ('licence', models.CharField(choices=[('CC-BY-4.0', 'Creative Commons Attribution 4.0 (CC BY 4.0)'), ('CC-BY-SA-4.0', 'Creative Commons Attribution-ShareAlike 4.0 (CC BY-SA 4.0)'), ('CC-BY-NC-4.0', 'Creative Commons Attribution-NonCommercial 4.0 (CC BY-NC 4.0)'), ('CC-BY-NC-SA-4.0', 'Creative Commons Attribution-NonCommercial-ShareAlike 4.0 (CC BY-NC-SA 4.0)'), ('CC-BY-ND-4.0', 'Creative Commons Attribution-NoDerivatives 4.0 (CC BY-ND 4.0)'), ('CC0-1.0', 'Public domain (CC0 1.0)'), ('NOASSERTION', 'No licence: all rights reserved')], default='CC-BY-4.0', max_length=20, verbose_name='licence')),
                ('work_package', models.CharField(blank=True, help_text='The number, such as WP3.', max_length=10, verbose_name='work package')),
                ('deliverable', models.CharField(blank=True, help_text='The number in the grant agreement, such as D3.2.', max_length=10, verbose_name='deliverable')),
                ('first_published_on', models.DateField(blank=True, db_index=True, help_text='Set automatically when a page of the publication is first published.', null=True, verbose_name='first published')),
                ('target_groups', models.ManyToManyField(blank=True, limit_choices_to={'live': True, 'locale__language_code': 'en'}, related_name='+', to='factsheets.targetgroup', verbose_name='target groups')),
                ('topics', models.ManyToManyField(blank=True, limit_choices_to={'live': True, 'locale__language_code': 'en'}, related_name='+', to='factsheets.topic', verbose_name='topics')),
            ],
            options={
                'verbose_name': 'publication',
                'verbose_name_plural': 'publications',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FactSheetPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('lead', models.TextField(blank=True, help_text='One or two sentences, shown below the title. At most 400 characters.', max_length=400, verbose_name='introduction')),
                ('summary', models.TextField(blank=True, help_text='Shown in lists, search results and feeds. At most 300 characters. Without it, the introduction is used.', max_length=300, verbose_name='short summary')),
                ('key_messages', wagtail.fields.StreamField([('message', 0)], blank=True, block_lookup={0: ('wagtail.blocks.TextBlock', (), {'description': 'One sentence to remember, shown above the text.', 'help_text': 'One sentence. At most 300 characters.', 'icon': 'success', 'label': 'Message', 'max_length': 300})}, help_text='Three to five sentences that the reader should remember. At most six.', verbose_name='key messages')),
                ('body', wagtail.fields.StreamField([('text', 0), ('heading', 3), ('quote', 7), ('details', 10), ('table', 18), ('image', 22), ('video', 28), ('file', 33), ('statistics', 39), ('timeline', 46), ('people', 49), ('organisations', 52), ('call_to_action', 60)], blank=True, block_lookup={0: ('home.blocks.body.TextBlock', (), {'group': 'Text'}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 120}), 2: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Section'), ('h3', 'Subsection')], 'label': 'Level'}), 3: ('wagtail.blocks.StructBlock', [[('text', 1), ('level', 2)]], {'group': 'Text'}), 4: ('wagtail.blocks.TextBlock', (), {'label': 'Quote', 'max_length': 600}), 5: ('wagtail.blocks.CharBlock', (), {'label': 'Name', 'max_length': 120}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Role or organisation', 'max_length': 120, 'required': False}), 7: ('wagtail.blocks.StructBlock', [[('text', 4), ('attribution', 5), ('role', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.CharBlock', (), {'label': 'Question or title', 'max_length': 120}), 9: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'superscript', 'subscript', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text'}), 10: ('wagtail.blocks.StructBlock', [[('summary', 8), ('body', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows.', 'label': 'Caption', 'max_length': 160}), 12: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 13: ('wagtail.blocks.ListBlock', (12,), {'label': 'Column headings', 'max_num': 8, 'min_num': 1}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 300, 'required': False}), 15: ('wagtail.blocks.ListBlock', (14,), {'label': 'Cells'}), 16: ('wagtail.blocks.StructBlock', [[('cells', 15)]], {}), 17: ('wagtail.blocks.ListBlock', (16,), {'help_text': 'The first cell of a row is its heading.', 'label': 'Rows', 'min_num': 1}), 18: ('wagtail.blocks.StructBlock', [[('caption', 11), ('columns', 13), ('rows', 17)]], {'group': 'Text'}), 19: ('wagtail.images.blocks.ImageBlock', [], {'label': 'Image'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 200, 'required': False}), 21: ('wagtail.blocks.CharBlock', (), {'help_text': 'Author and licence of the image.', 'label': 'Credit', 'max_length': 120, 'required': False}), 22: ('wagtail.blocks.StructBlock', [[('image', 19), ('caption', 20), ('credit', 21)]], {'group': 'Media'}), 23: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 24: ('wagtail.blocks.URLBlock', (), {'help_text': 'Nothing is loaded from this address until the reader opens the video.', 'label': 'Address of the video'}), 25: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Preview image', 'required': False}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'What it shows', 'max_length': 300, 'required': False}), 27: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'superscript', 'subscript', 'ol', 'ul', 'link', 'document-link'], 'help_text': 'The spoken text, for people who cannot hear or play the video (WCAG 1.2).', 'label': 'Transcript', 'required': False}), 28: ('wagtail.blocks.StructBlock', [[('title', 23), ('url', 24), ('poster', 25), ('description', 26), ('transcript', 27)]], {'group': 'Media'}), 29: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document'}), 30: ('wagtail.blocks.CharBlock', (), {'help_text': 'If empty, the title of the document is shown.', 'label': 'Title', 'max_length': 120, 'required': False}), 31: ('wagtail.blocks.CharBlock', (), {'label': 'Description', 'max_length': 200, 'required': False}), 32: ('wagtail.blocks.ChoiceBlock', [], {'choices': home.languages.language_choices, 'help_text': 'Shown in the link. Leave it empty if the document is in the language of the page.', 'label': 'Language of the document', 'required': False}), 33: ('wagtail.blocks.StructBlock', [[('document', 29), ('title', 30), ('description', 31), ('language', 32)]], {'group': 'Media'}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'max_length': 20}), 35: ('wagtail.blocks.CharBlock', (), {'label': 'What it counts', 'max_length': 80}), 36: ('wagtail.blocks.CharBlock', (), {'label': 'Note or source', 'max_length': 120, 'required': False}), 37: ('wagtail.blocks.StructBlock', [[('value', 34), ('label', 35), ('note', 36)]], {}), 38: ('wagtail.blocks.ListBlock', (37,), {'label': 'Figures', 'max_num': 4, 'min_num': 1}), 39: ('wagtail.blocks.StructBlock', [[('items', 38)]], {'group': 'Project'}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 80, 'required': False}), 41: ('wagtail.blocks.CharBlock', (), {'help_text': 'For example “March 2023” or “10.00–10.30”.', 'label': 'When', 'max_length': 60}), 42: ('wagtail.blocks.CharBlock', (), {'label': 'What', 'max_length': 160}), 43: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'label': 'Text', 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('when', 41), ('title', 42), ('text', 43)]], {}), 45: ('wagtail.blocks.ListBlock', (44,), {'label': 'Steps', 'min_num': 1}), 46: ('wagtail.blocks.StructBlock', [[('heading', 40), ('items', 45)]], {'group': 'Project'}), 47: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Person',), {}), 48: ('wagtail.blocks.ListBlock', (47,), {'label': 'People', 'min_num': 1}), 49: ('wagtail.blocks.StructBlock', [[('heading', 40), ('people', 48)]], {'group': 'Project'}), 50: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Organisation',), {}), 51: ('wagtail.blocks.ListBlock', (50,), {'label': 'Organisations', 'min_num': 1}), 52: ('wagtail.blocks.StructBlock', [[('heading', 40), ('organisations', 51)]], {'group': 'Project'}), 53: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 80}), 54: ('wagtail.blocks.TextBlock', (), {'label': 'Text', 'max_length': 300, 'required': False}), 55: ('wagtail.blocks.CharBlock', (), {'help_text': 'Say where the link leads, for example “Read about the training”, not “Click here”.', 'label': 'Label', 'max_length': 60}), 56: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Page of this site', 'required': False}), 57: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document', 'required': False}), 58: ('wagtail.blocks.URLBlock', (), {'label': 'Address on another site', 'required': False}), 59: ('wagtail.blocks.StructBlock', [[('label', 55), ('page', 56), ('document', 57), ('url', 58)]], {}), 60: ('wagtail.blocks.StructBlock', [[('heading', 53), ('text', 54), ('link', 59)]], {'group': 'Project'})}, help_text='The content of the fact sheet, so that people can read it without opening a file.', verbose_name='text')),
                ('cover_alt', models.CharField(blank=True, help_text='Describes the picture of the first page for people who cannot see it. Leave it empty if the picture is only decorative.', max_length=200, verbose_name='description of the first page')),
                ('share_image', models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image')),
                ('publication', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='factsheets.publication', verbose_name='publication')),
            ],
            options={
                'verbose_name': 'fact sheet',
                'verbose_name_plural': 'fact sheets',
            },
            bases=(wagtail.contrib.routable_page.models.RoutablePageMixin, home.models.held_back.HeldBackMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='PublicationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(choices=home.languages.language_choices, max_length=5, verbose_name='language')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('editable', 'Editable file')], default='pdf', max_length=10, verbose_name='kind')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='factsheets.publication')),
            ],
            options={
                'verbose_name': 'file',
                'verbose_name_plural': 'files',
                'ordering': ['language', '-kind'],
                'constraints': [models.UniqueConstraint(fields=('publication', 'language', 'kind'), name='factsheets_one_file_per_language_and_kind')],
            },
        ),
        migrations.CreateModel(
            name='FileVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveSmallIntegerField(editable=False, null=True, verbose_name='version')),
                ('content', models.FileField(max_length=200, storage=home.private_files.private_storage, upload_to=factsheets.models.publication.content_path)),
                ('format', models.CharField(max_length=8)),
                ('size', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what changed')),
                ('dated_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='date')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('status', models.CharField(choices=[('pending', 'Being checked'), ('accepted', 'Accepted'), ('rejected', 'Not accepted')], default='pending', max_length=10)),
                ('checked_at', models.DateTimeField(editable=False, null=True)),
                ('issues', models.JSONField(default=list, editable=False)),
                ('pages', models.PositiveIntegerField(editable=False, null=True)),
                ('covers', models.JSONField(default=list, editable=False)),
                ('uploaded_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='factsheets.publicationfile')),
            ],
            options={
                'verbose_name': 'version',
                'verbose_name_plural': 'versions',
                'ordering': ['-uploaded_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('file', 'number'), name='factsheets_version_numbers_are_unique'), models.CheckConstraint(condition=models.Q(models.Q(('number__isnull', False), ('status', 'accepted')), models.Q(models.Q(('status', 'accepted'), _negated=True), ('number', None)), _connector='OR'), name='factsheets_accepted_versions_have_numbers')],
            },
        ),
        migrations.CreateModel(
            name='DownloadCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=5)),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='download_counts', to='factsheets.publication')),
            ],
            options={
                'verbose_name': 'daily downloads',
                'verbose_name_plural': 'daily downloads',
                'indexes': [models.Index(fields=['day'], name='factsheets_count_day')],
                'constraints': [models.UniqueConstraint(fields=('publication', 'language', 'day'), name='factsheets_one_count_per_language_and_day')],
            },
        ),
        migrations.CreateModel(
            name='Contributor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('name', models.CharField(blank=True, help_text='First name and last name, as in the publication.', max_length=120, verbose_name='person')),
                ('orcid', models.CharField(blank=True, max_length=19, validators=[django.core.validators.RegexValidator('^\\d{4}-\\d{4}-\\d{4}-\\d{3}[\\dX]$', 'Enter the ORCID in the format 0000-0002-1825-0097.')], verbose_name='ORCID')),
                ('organisation', models.ForeignKey(blank=True, help_text='If no person is given, the organisation is the author.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='home.organisation', verbose_name='organisation')),
                ('publication', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='contributors', to='factsheets.publication')),
            ],
            options={
                'verbose_name': 'author',
                'verbose_name_plural': 'authors',
                'ordering': ['sort_order'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('organisation__isnull', False), _connector='OR'), name='factsheets_contributor_has_a_name', violation_error_message='Enter a person, an organisation, or both.')],
            },
        ),
        migrations.AddField(
            model_name='publicationfile',
            name='current',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='factsheets.fileversion'),
        ),
    ]
