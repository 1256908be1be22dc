from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0001_squashed_0003_drafts_of_snippets'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='newspage',
            index=models.Index(fields=['-date', '-page_ptr'], name='news_articles_by_date'),
        ),
    ]
