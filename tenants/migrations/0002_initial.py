import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import tenants.access.context
import tenants.access.keys
import tenants.access.published
import tenants.access.translations
import tenants.access.walls
import tenants.history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenants', '0001_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, default='', max_length=200)),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'constraints': [tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE', name='user_grants', staff='')],
            },
        ),
        migrations.CreateModel(
            name='Network',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('provenance', models.CharField(choices=[('reported', 'reported by those it is about'), ('published', 'stated by a public source'), ('derived', 'derived from public statements'), ('illustrative', 'illustrative: made up to show the system')], db_default='reported', default='reported', help_text='How far the row can be trusted; illustrative rows are made up for the demo.', max_length=12)),
                ('source', models.TextField(blank=True, db_default='', default='', help_text='Where the row comes from, as one would cite it.')),
                ('illustrative_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='Fields of a row from a source that are made up all the same.')),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'Lower case letters, digits and single hyphens.')])),
                ('name', models.CharField(max_length=200)),
                ('type', models.CharField(choices=[('action_planning', 'Action Planning'), ('implementation', 'Implementation'), ('transfer', 'Transfer'), ('innovation_transfer', 'Innovation Transfer')], default='action_planning', max_length=20)),
                ('programme', models.CharField(blank=True, default='', max_length=60)),
                ('working_language', models.CharField(default='en', max_length=8)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('clock', models.BigIntegerField(db_default=0, default=0, editable=False, help_text='How many changes its shared rows have seen.')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('slug',), name='network_slug', violation_error_message='There is a network with this slug.'), tenants.access.walls.Versioned(besides='clock', name='network_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='network_grants', staff='SELECT'), tenants.access.published.Shown('slug', 'name', 'type', 'programme', 'working_language', 'starts_on', 'ends_on', name='network_shown'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='network_ends_after_start', violation_error_code='ends_before_start', violation_error_message='A network cannot end before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('user', models.UUIDField()),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('headers', models.JSONField()),
                ('body', models.BinaryField()),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'indexes': [models.Index(fields=['created_at'], name='reply_age')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='reply_key'), tenants.access.walls.Versioned(besides='', name='reply_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='reply_grants', staff='')],
            },
        ),
        migrations.CreateModel(
            name='Theme',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('provenance', models.CharField(choices=[('reported', 'reported by those it is about'), ('published', 'stated by a public source'), ('derived', 'derived from public statements'), ('illustrative', 'illustrative: made up to show the system')], db_default='reported', default='reported', help_text='How far the row can be trusted; illustrative rows are made up for the demo.', max_length=12)),
                ('source', models.TextField(blank=True, db_default='', default='', help_text='Where the row comes from, as one would cite it.')),
                ('illustrative_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='Fields of a row from a source that are made up all the same.')),
                ('translations', models.JSONField(blank=True, db_default={}, default=dict, help_text="The prose in other languages than the network's working language, by language and field.")),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'Lower case letters, digits and single hyphens.')])),
                ('title', models.CharField(max_length=200)),
                ('network', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.network')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('network', 'slug'), name='theme_slug'), tenants.access.walls.Versioned(besides='', name='theme_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='theme_grants', staff='SELECT'), tenants.access.walls.Reference('network', name='theme_network_exists', violation_error_code='does_not_exist'), tenants.access.walls.Counted(name='theme_counted'), tenants.access.published.Shown('network', 'slug', 'title', 'translations', name='theme_shown'), tenants.access.translations.Translations('title', languages=('en', 'bg', 'es', 'et', 'fr', 'hu', 'it', 'nl', 'pt', 'ro'), name='theme_translations_fit', violation_error_code='translations_unfit')],
            },
        ),
        migrations.CreateModel(
            name='City',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('provenance', models.CharField(choices=[('reported', 'reported by those it is about'), ('published', 'stated by a public source'), ('derived', 'derived from public statements'), ('illustrative', 'illustrative: made up to show the system')], db_default='reported', default='reported', help_text='How far the row can be trusted; illustrative rows are made up for the demo.', max_length=12)),
                ('source', models.TextField(blank=True, db_default='', default='', help_text='Where the row comes from, as one would cite it.')),
                ('illustrative_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='Fields of a row from a source that are made up all the same.')),
                ('slug', models.CharField(max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'Lower case letters, digits and single hyphens.')])),
                ('name', models.CharField(max_length=120)),
                ('country', models.CharField(max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}\\Z', 'Two capital letters (ISO 3166).')])),
                ('place_code', models.CharField(help_text='The same for the same town in every network.', max_length=60, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', 'Lower case letters, digits and single hyphens.')])),
                ('role', models.CharField(choices=[('lead_partner', 'Lead Partner'), ('project_partner', 'Project Partner')], default='project_partner', max_length=16)),
                ('organisation', models.CharField(help_text='Who acts for the city in the network.', max_length=200)),
                ('organisation_type', models.CharField(choices=[('municipality', 'Municipality'), ('development_agency', 'Development Agency'), ('semi_public_company', 'Semi Public Company'), ('clld_association', 'Clld Association'), ('other', 'Other')], default='municipality', max_length=20)),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=8), blank=True, default=list)),
                ('timezone', models.CharField(default='UTC', max_length=60)),
                ('latitude', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)])),
                ('longitude', models.DecimalField(blank=True, decimal_places=5, max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)])),
                ('population', models.PositiveIntegerField(blank=True, null=True)),
                ('clock', models.BigIntegerField(db_default=0, default=0, editable=False, help_text='Goes on with every transaction that changes rows of the city.')),
                ('network', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.network')),
                ('theme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='cities', to='tenants.theme')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('network', 'slug'), name='city_slug', violation_error_message='The network has a city with this slug.'), models.UniqueConstraint(condition=models.Q(('role', 'lead_partner')), fields=('network',), name='city_one_lead_partner', violation_error_code='lead_partner_exists', violation_error_message='The network has its lead partner already.'), tenants.access.walls.Versioned(besides='clock', name='city_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='city_grants', staff='SELECT'), tenants.access.walls.Reference('network', name='city_network_exists', violation_error_code='does_not_exist'), tenants.access.walls.Counted(name='city_counted'), tenants.access.published.Shown('network', 'slug', 'name', 'country', 'place_code', 'role', 'organisation', 'organisation_type', 'theme', 'languages', 'timezone', 'latitude', 'longitude', 'population', name='city_shown'), tenants.access.walls.Reference('theme', name='city_theme_exists', violation_error_code='does_not_exist'), tenants.access.walls.SameNetwork('theme', name='city_theme_same_network', violation_error_code='does_not_exist')],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(editable=False, null=True)),
                ('revoked_at', models.DateTimeField(editable=False, null=True)),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DB_CASCADE, related_name='tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='token_grants', staff=''), tenants.access.walls.Reference('user', name='token_user_exists', violation_error_code='does_not_exist')],
            },
        ),
        migrations.CreateModel(
            name='TransnationalMeeting',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('provenance', models.CharField(choices=[('reported', 'reported by those it is about'), ('published', 'stated by a public source'), ('derived', 'derived from public statements'), ('illustrative', 'illustrative: made up to show the system')], db_default='reported', default='reported', help_text='How far the row can be trusted; illustrative rows are made up for the demo.', max_length=12)),
                ('source', models.TextField(blank=True, db_default='', default='', help_text='Where the row comes from, as one would cite it.')),
                ('illustrative_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='Fields of a row from a source that are made up all the same.')),
                ('translations', models.JSONField(blank=True, db_default={}, default=dict, help_text="The prose in other languages than the network's working language, by language and field.")),
                ('kind', models.CharField(choices=[('kick_off', 'Kick Off'), ('transnational', 'Transnational'), ('study_visit', 'Study Visit'), ('bilateral', 'Bilateral'), ('webinar', 'Webinar'), ('final_event', 'Final Event')], max_length=16)),
                ('title', models.CharField(blank=True, default='', max_length=200)),
                ('place', models.CharField(max_length=120)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('date_precision', models.CharField(choices=[('day', 'Day'), ('month', 'Month')], default='day', max_length=5)),
                ('host', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.city')),
                ('network', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.network')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [tenants.access.walls.Versioned(besides='', name='transnationalmeeting_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='transnationalmeeting_grants', staff='SELECT'), tenants.access.walls.Reference('network', name='transnationalmeeting_network_exists', violation_error_code='does_not_exist'), tenants.access.walls.Counted(name='transnationalmeeting_counted'), tenants.access.translations.Translations('title', languages=('en', 'bg', 'es', 'et', 'fr', 'hu', 'it', 'nl', 'pt', 'ro'), name='transnationalmeeting_translations_fit', violation_error_code='translations_unfit'), tenants.access.walls.Reference('host', name='transnationalmeeting_host_exists', violation_error_code='does_not_exist'), tenants.access.walls.SameNetwork('host', name='transnationalmeeting_host_same_network', violation_error_code='does_not_exist'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='meeting_ends_after_start', violation_error_code='ends_before_start', violation_error_message='A meeting cannot end before it starts.')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField(help_text='1 for the first change in the city, then one more each.')),
                ('thing', models.CharField(help_text='What kind of row: action, indicator, ...', max_length=60)),
                ('row', models.UUIDField(help_text='The id of the row that changed.')),
                ('kind', models.CharField(choices=[('created', 'Created'), ('changed', 'Changed'), ('deleted', 'Deleted')], max_length=8)),
                ('at', models.DateTimeField()),
                ('actor', models.UUIDField(help_text='The person; null when a job did it.', null=True)),
                ('actor_role', models.CharField(help_text='The role in which the person did it, or the job.', max_length=60)),
                ('reason', models.TextField()),
                ('request_id', models.CharField(max_length=64)),
                ('personal', models.BooleanField()),
                ('before', models.JSONField(help_text='The values that were there; of a change, only those that changed.', null=True)),
                ('after', models.JSONField(help_text='The values since.', null=True)),
                ('erased_at', models.DateTimeField(help_text='When the values were taken out, with what else was kept of a person.', null=True)),
                ('city', models.ForeignKey(db_constraint=False, db_default=tenants.access.context.CurrentCity(), db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.city')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['city', 'row', 'number'], name='change_of_row')],
                'constraints': [models.UniqueConstraint(fields=('city', 'id'), name='change_city_key'), models.UniqueConstraint(fields=('city', 'number'), name='change_number'), tenants.access.walls.Reference('city', name='change_city_exists', violation_error_code='does_not_exist'), tenants.history.models.HistoryPolicies(counted=(), given='', name='change_policies', personal=False, writable=False)],
            },
        ),
        migrations.CreateModel(
            name='CityReply',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('user', models.UUIDField()),
                ('key', models.CharField(max_length=200)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('headers', models.JSONField()),
                ('body', models.BinaryField()),
                ('city', models.ForeignKey(db_constraint=False, db_default=tenants.access.context.CurrentCity(), db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.city')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'indexes': [models.Index(fields=['city', 'created_at'], name='city_reply_age')],
                'constraints': [tenants.access.walls.Key(fields=('city', 'id'), name='cityreply_city_key'), models.UniqueConstraint(fields=('city', 'user', 'key'), name='city_reply_key'), tenants.access.walls.Reference('city', name='cityreply_city_exists', violation_error_code='does_not_exist'), tenants.access.walls.CityPolicies(counted=(), given='', name='cityreply_policies', personal=True, writable=True), tenants.access.walls.Versioned(besides='', name='cityreply_versioned')],
            },
        ),
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('cause', models.CharField(choices=[('asked', 'Asked'), ('due', 'Due')], editable=False, max_length=5)),
                ('rows', models.PositiveIntegerField(editable=False, help_text='Rows about people that were deleted.')),
                ('changes', models.PositiveIntegerField(editable=False, help_text='Changes in the history that lost their values.')),
                ('replies', models.PositiveIntegerField(editable=False, help_text='Kept answers that were dropped.')),
                ('city', models.ForeignKey(db_constraint=False, db_default=tenants.access.context.CurrentCity(), db_index=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.city')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [tenants.access.walls.Key(fields=('city', 'id'), name='erasure_city_key'), tenants.access.walls.Reference('city', name='erasure_city_exists', violation_error_code='does_not_exist'), tenants.access.walls.CityPolicies(counted=(), given='', name='erasure_policies', personal=False, writable=True), tenants.access.walls.Versioned(besides='', name='erasure_versioned'), tenants.access.walls.KeptHistory(given='', name='erasure_history', personal=False)],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('role', models.CharField(choices=[('viewer', 'viewer'), ('local_group_member', 'member of the local group'), ('officer', 'officer'), ('coordinator', 'coordinator'), ('lead_partner', 'lead partner'), ('lead_expert', 'lead expert'), ('national_point', 'National URBACT Point'), ('programme_staff', 'programme staff'), ('auditor', 'auditor')], max_length=20)),
                ('country', models.CharField(blank=True, default='', max_length=2)),
                ('city', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='memberships', to='tenants.city')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DB_CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('network', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='memberships', to='tenants.network')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('user', 'role', 'city', 'network', 'country'), name='membership_once', nulls_distinct=False, violation_error_code='already_member', violation_error_message='The person has this role already.'), tenants.access.walls.Versioned(besides='', name='membership_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='membership_grants', staff=''), tenants.access.walls.Reference('user', name='membership_user_exists', violation_error_code='does_not_exist'), tenants.access.walls.Reference('city', name='membership_city_exists', violation_error_code='does_not_exist'), tenants.access.walls.Reference('network', name='membership_network_exists', violation_error_code='does_not_exist'), models.CheckConstraint(condition=models.Q(models.Q(('city__isnull', False), ('country', ''), ('network__isnull', True), ('role__in', ['viewer', 'local_group_member', 'officer', 'coordinator'])), models.Q(('city__isnull', True), ('country', ''), ('network__isnull', False), ('role__in', ['lead_partner', 'lead_expert'])), models.Q(('city__isnull', True), ('network__isnull', True), ('role__in', ['national_point']), models.Q(('country', ''), _negated=True)), models.Q(('city__isnull', True), ('country', ''), ('network__isnull', True), ('role__in', ['programme_staff', 'auditor'])), _connector='OR'), name='membership_place_fits_role', violation_error_code='place_does_not_fit_role', violation_error_message='A role is for a city, a network, a country or the programme.')],
            },
        ),
        migrations.CreateModel(
            name='Period',
            fields=[
                ('id', models.UUIDField(default=tenants.access.keys.uuid7, editable=False, primary_key=True, serialize=False)),
                ('row_version', models.IntegerField(db_default=1, default=1, editable=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('provenance', models.CharField(choices=[('reported', 'reported by those it is about'), ('published', 'stated by a public source'), ('derived', 'derived from public statements'), ('illustrative', 'illustrative: made up to show the system')], db_default='reported', default='reported', help_text='How far the row can be trusted; illustrative rows are made up for the demo.', max_length=12)),
                ('source', models.TextField(blank=True, db_default='', default='', help_text='Where the row comes from, as one would cite it.')),
                ('illustrative_fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, db_default=[], default=list, help_text='Fields of a row from a source that are made up all the same.')),
                ('code', models.CharField(max_length=20, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9-]+\\Z')])),
                ('kind', models.CharField(choices=[('quarter', 'Quarter'), ('semester', 'Semester')], default='semester', max_length=8)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('due_on', models.DateField(help_text='By when the cities report.')),
                ('grace_days', models.PositiveSmallIntegerField(default=14)),
                ('network', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='tenants.network')),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(fields=('network', 'code'), name='period_code', violation_error_message='The network has a period with this code.'), tenants.access.walls.Versioned(besides='', name='period_versioned'), tenants.access.walls.Grants(application='SELECT, INSERT, UPDATE, DELETE', name='period_grants', staff='SELECT'), tenants.access.walls.Reference('network', name='period_network_exists', violation_error_code='does_not_exist'), tenants.access.walls.Counted(name='period_counted'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='period_ends_after_start', violation_error_code='ends_before_start', violation_error_message='A period cannot end before it starts.'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('ends_on'))), name='period_due_after_end', violation_error_code='due_before_end', violation_error_message='A period becomes due when it has ended, not before.')],
            },
        ),
    ]
