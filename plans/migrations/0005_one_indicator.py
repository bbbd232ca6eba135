"""A measurement corrects one of its own indicator."""

import plans.indicators.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0004_shared_provenance'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='target',
            options={'ordering': ['due_on', 'id']},
        ),
        migrations.RemoveConstraint(
            model_name='measurement',
            name='measurement_supersedes_same_city',
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=models.UniqueConstraint(fields=('city', 'indicator', 'id'), name='measurement_of_indicator'),
        ),
        migrations.AddConstraint(
            model_name='measurement',
            constraint=plans.indicators.models.SameIndicator('supersedes', name='measurement_supersedes_same_indicator', violation_error_code='does_not_exist'),
        ),
    ]
