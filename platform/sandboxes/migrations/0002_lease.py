from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sandboxes', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='sandbox',
            name='lease_until',
            field=models.DateTimeField(blank=True, help_text='Until when its maker counts as alive.', null=True),
        ),
    ]
