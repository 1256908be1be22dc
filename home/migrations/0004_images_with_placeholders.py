import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0003_changed_texts_of_translations'),
        ('wagtailimages', '0027_image_description'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteImage',
            fields=[
            ],
            options={
                'permissions': (),
                'abstract': False,
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('wagtailimages.image',),
        ),
        # The proxy has the table of Wagtail's images, so that the columns and their constraints stay as they are.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='accessibilitypage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='contentpage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='homepage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='organisation',
                    name='logo',
                    field=models.ForeignKey(blank=True, help_text='If there is no logo, the page shows initials.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='logo'),
                ),
                migrations.AlterField(
                    model_name='partnerspage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='person',
                    name='portrait',
                    field=models.ForeignKey(blank=True, help_text='If there is no portrait, pages show an illustration.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='portrait'),
                ),
                migrations.AlterField(
                    model_name='privacypage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='programmepage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='projectpage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
                migrations.AlterField(
                    model_name='resultspage',
                    name='share_image',
                    field=models.ForeignKey(blank=True, help_text='Shown when the page is shared on social media. At least 1200 × 630 pixels. Without it, the site’s own image is used.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='home.siteimage', verbose_name='social image'),
                ),
            ]
        ),
    ]
