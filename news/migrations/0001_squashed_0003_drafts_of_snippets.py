import django.db.models.deletion
import django.utils.timezone
import home.languages
import home.models.held_back
import home.models.sections
import modelcluster.fields
import uuid
import wagtail.fields
from django.conf import settings
from django.db import migrations, models


# For new databases. Others apply the migrations that it replaces, and then count it as applied.
class Migration(migrations.Migration):

    replaces = [('news', '0001_initial'), ('news', '0002_images_with_placeholders'), ('news', '0003_drafts_of_snippets')]

    initial = True

    dependencies = [
        ('home', '0025_deliverable_editors'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NewsCategory',
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
                'verbose_name': 'news category',
                'verbose_name_plural': 'news categories',
                'ordering': ['name'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('key', 'locale'), name='news_category_key_per_language', violation_error_message='Another entry in this language already has this address part.')],
                'unique_together': {('translation_key', 'locale')},
            },
            bases=(home.models.held_back.HeldBackMixin, models.Model),
        ),
        migrations.CreateModel(
            name='NewsIndexPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('lead', models.TextField(blank=True, help_text='One or two sentences, shown below the title. At most 400 characters.', max_length=400, verbose_name='introduction')),
                ('summary', models.TextField(blank=True, help_text='Shown in lists, search results and feeds. At most 300 characters. Without it, the introduction is used.', max_length=300, verbose_name='short summary')),
                ('share_image', models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image')),
            ],
            options={
                'verbose_name': 'news list',
            },
            bases=(home.models.sections.SectionIndexMixin, home.models.held_back.HeldBackMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='NewsPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('lead', models.TextField(blank=True, help_text='One or two sentences, shown below the title. At most 400 characters.', max_length=400, verbose_name='introduction')),
                ('summary', models.TextField(blank=True, help_text='Shown in lists, search results and feeds. At most 300 characters. Without it, the introduction is used.', max_length=300, verbose_name='short summary')),
                ('date', models.DateField(default=django.utils.timezone.localdate, help_text='Shown above the article. The list is sorted by this date.', verbose_name='date')),
                ('image_alt', models.CharField(blank=True, help_text='Describes the picture for people who cannot see it. Leave it empty if the picture is only decorative.', max_length=200, verbose_name='description of the picture')),
                ('body', wagtail.fields.StreamField([('text', 0), ('heading', 3), ('quote', 7), ('details', 10), ('table', 18), ('image', 22), ('video', 28), ('file', 33), ('statistics', 39), ('timeline', 46), ('people', 49), ('organisations', 52), ('call_to_action', 60)], blank=True, block_lookup={0: ('home.blocks.body.TextBlock', (), {'group': 'Text'}), 1: ('wagtail.blocks.CharBlock', (), {'label': 'Text', 'max_length': 120}), 2: ('wagtail.blocks.ChoiceBlock', [], {'choices': [('h2', 'Section'), ('h3', 'Subsection')], 'label': 'Level'}), 3: ('wagtail.blocks.StructBlock', [[('text', 1), ('level', 2)]], {'group': 'Text'}), 4: ('wagtail.blocks.TextBlock', (), {'label': 'Quote', 'max_length': 600}), 5: ('wagtail.blocks.CharBlock', (), {'label': 'Name', 'max_length': 120}), 6: ('wagtail.blocks.CharBlock', (), {'label': 'Role or organisation', 'max_length': 120, 'required': False}), 7: ('wagtail.blocks.StructBlock', [[('text', 4), ('attribution', 5), ('role', 6)]], {'group': 'Text'}), 8: ('wagtail.blocks.CharBlock', (), {'label': 'Question or title', 'max_length': 120}), 9: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'superscript', 'subscript', 'ol', 'ul', 'link', 'document-link'], 'label': 'Text'}), 10: ('wagtail.blocks.StructBlock', [[('summary', 8), ('body', 9)]], {'group': 'Text'}), 11: ('wagtail.blocks.CharBlock', (), {'help_text': 'What the table shows.', 'label': 'Caption', 'max_length': 160}), 12: ('wagtail.blocks.CharBlock', (), {'max_length': 80}), 13: ('wagtail.blocks.ListBlock', (12,), {'label': 'Column headings', 'max_num': 8, 'min_num': 1}), 14: ('wagtail.blocks.CharBlock', (), {'max_length': 300, 'required': False}), 15: ('wagtail.blocks.ListBlock', (14,), {'label': 'Cells'}), 16: ('wagtail.blocks.StructBlock', [[('cells', 15)]], {}), 17: ('wagtail.blocks.ListBlock', (16,), {'help_text': 'The first cell of a row is its heading.', 'label': 'Rows', 'min_num': 1}), 18: ('wagtail.blocks.StructBlock', [[('caption', 11), ('columns', 13), ('rows', 17)]], {'group': 'Text'}), 19: ('wagtail.images.blocks.ImageBlock', [], {'label': 'Image'}), 20: ('wagtail.blocks.CharBlock', (), {'label': 'Caption', 'max_length': 200, 'required': False}), 21: ('wagtail.blocks.CharBlock', (), {'help_text': 'Author and licence of the image.', 'label': 'Credit', 'max_length': 120, 'required': False}), 22: ('wagtail.blocks.StructBlock', [[('image', 19), ('caption', 20), ('credit', 21)]], {'group': 'Media'}), 23: ('wagtail.blocks.CharBlock', (), {'label': 'Title', 'max_length': 120}), 24: ('wagtail.blocks.URLBlock', (), {'help_text': 'Nothing is loaded from this address until the reader opens the video.', 'label': 'Address of the video'}), 25: ('wagtail.images.blocks.ImageChooserBlock', (), {'label': 'Preview image', 'required': False}), 26: ('wagtail.blocks.CharBlock', (), {'label': 'What it shows', 'max_length': 300, 'required': False}), 27: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'superscript', 'subscript', 'ol', 'ul', 'link', 'document-link'], 'help_text': 'The spoken text, for people who cannot hear or play the video (WCAG 1.2).', 'label': 'Transcript', 'required': False}), 28: ('wagtail.blocks.StructBlock', [[('title', 23), ('url', 24), ('poster', 25), ('description', 26), ('transcript', 27)]], {'group': 'Media'}), 29: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document'}), 30: ('wagtail.blocks.CharBlock', (), {'help_text': 'If empty, the title of the document is shown.', 'label': 'Title', 'max_length': 120, 'required': False}), 31: ('wagtail.blocks.CharBlock', (), {'label': 'Description', 'max_length': 200, 'required': False}), 32: ('wagtail.blocks.ChoiceBlock', [], {'choices': home.languages.language_choices, 'help_text': 'Shown in the link. Leave it empty if the document is in the language of the page.', 'label': 'Language of the document', 'required': False}), 33: ('wagtail.blocks.StructBlock', [[('document', 29), ('title', 30), ('description', 31), ('language', 32)]], {'group': 'Media'}), 34: ('wagtail.blocks.CharBlock', (), {'label': 'Figure', 'max_length': 20}), 35: ('wagtail.blocks.CharBlock', (), {'label': 'What it counts', 'max_length': 80}), 36: ('wagtail.blocks.CharBlock', (), {'label': 'Note or source', 'max_length': 120, 'required': False}), 37: ('wagtail.blocks.StructBlock', [[('value', 34), ('label', 35), ('note', 36)]], {}), 38: ('wagtail.blocks.ListBlock', (37,), {'label': 'Figures', 'max_num': 4, 'min_num': 1}), 39: ('wagtail.blocks.StructBlock', [[('items', 38)]], {'group': 'Project'}), 40: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 80, 'required': False}), 41: ('wagtail.blocks.CharBlock', (), {'help_text': 'For example “March 2023” or “10.00–10.30”.', 'label': 'When', 'max_length': 60}), 42: ('wagtail.blocks.CharBlock', (), {'label': 'What', 'max_length': 160}), 43: ('wagtail.blocks.RichTextBlock', (), {'features': ['bold', 'italic', 'link'], 'label': 'Text', 'required': False}), 44: ('wagtail.blocks.StructBlock', [[('when', 41), ('title', 42), ('text', 43)]], {}), 45: ('wagtail.blocks.ListBlock', (44,), {'label': 'Steps', 'min_num': 1}), 46: ('wagtail.blocks.StructBlock', [[('heading', 40), ('items', 45)]], {'group': 'Project'}), 47: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Person',), {}), 48: ('wagtail.blocks.ListBlock', (47,), {'label': 'People', 'min_num': 1}), 49: ('wagtail.blocks.StructBlock', [[('heading', 40), ('people', 48)]], {'group': 'Project'}), 50: ('wagtail.snippets.blocks.SnippetChooserBlock', ('home.Organisation',), {}), 51: ('wagtail.blocks.ListBlock', (50,), {'label': 'Organisations', 'min_num': 1}), 52: ('wagtail.blocks.StructBlock', [[('heading', 40), ('organisations', 51)]], {'group': 'Project'}), 53: ('wagtail.blocks.CharBlock', (), {'label': 'Heading', 'max_length': 80}), 54: ('wagtail.blocks.TextBlock', (), {'label': 'Text', 'max_length': 300, 'required': False}), 55: ('wagtail.blocks.CharBlock', (), {'help_text': 'Say where the link leads, for example “Read about the training”, not “Click here”.', 'label': 'Label', 'max_length': 60}), 56: ('wagtail.blocks.PageChooserBlock', (), {'label': 'Page of this site', 'required': False}), 57: ('wagtail.documents.blocks.DocumentChooserBlock', (), {'label': 'Document', 'required': False}), 58: ('wagtail.blocks.URLBlock', (), {'label': 'Address on another site', 'required': False}), 59: ('wagtail.blocks.StructBlock', [[('label', 55), ('page', 56), ('document', 57), ('url', 58)]], {}), 60: ('wagtail.blocks.StructBlock', [[('heading', 53), ('text', 54), ('link', 59)]], {'group': 'Project'})}, verbose_name='article')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='news.newscategory', verbose_name='category')),
                ('image', models.ForeignKey(blank=True, help_text='If there is no picture, a drawing is shown.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='picture')),
                ('organisation', models.ForeignKey(blank=True, help_text='The partner that wrote the article.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.organisation', verbose_name='written by')),
                ('share_image', models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
            },
            bases=(home.models.held_back.HeldBackMixin, 'wagtailcore.page'),
        ),
        migrations.CreateModel(
            name='RelatedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sort_order', models.IntegerField(blank=True, editable=False, null=True)),
                ('article', modelcluster.fields.ParentalKey(on_delete=django.db.models.deletion.CASCADE, related_name='related_pages', to='news.newspage')),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='wagtailcore.page', verbose_name='page')),
            ],
            options={
                'verbose_name': 'related page',
                'verbose_name_plural': 'related pages',
                'ordering': ['sort_order'],
                'abstract': False,
            },
        ),
    ]
