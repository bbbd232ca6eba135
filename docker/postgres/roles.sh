#!/bin/sh
# Run once by the PostgreSQL image, when its volume is empty: the roles, and their passwords.
set -eu

as_superuser() {
    psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

as_superuser --file "${ROLES_SQL:-/roles.sql}"
as_superuser --set owner="$IAP_OWNER_PASSWORD" --set app="$IAP_APP_PASSWORD" --set backup="$IAP_BACKUP_PASSWORD" <<'SQL'
ALTER ROLE iap_owner PASSWORD :'owner';
ALTER ROLE iap_app PASSWORD :'app';
ALTER ROLE iap_backup PASSWORD :'backup';
SQL
