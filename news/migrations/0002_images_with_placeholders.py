import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0004_images_with_placeholders'),
        ('news', '0001_initial'),
    ]

    operations = [
        # The proxy has the table of Wagtail's images, so that the columns and their constraints stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='newsindexpage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='newspage',
                    name='image',
                    field=models.ForeignKey(blank=True, help_text='If there is no picture, a drawing is shown.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='picture'),
                ),
                migrations.AlterField(
                    model_name='newspage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
            ]
        ),
    ]
