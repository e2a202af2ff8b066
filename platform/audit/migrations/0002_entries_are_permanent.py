from django.db import migrations, models

from audit.permanence import guard, unguard


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["action", "-at"], name="audit_action")
        ),
        migrations.RunPython(guard, unguard),
    ]
