from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_theme_in_languages")]
    operations = [
        migrations.AddField(
            model_name="change",
            name="erased_at",
            field=models.DateTimeField(
                help_text="When the values were taken out, with what else was kept of a person.", null=True
            ),
        ),
    ]
