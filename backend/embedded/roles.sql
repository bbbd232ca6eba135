-- The roles of the database and what they may do at its door; docs: tenancy.
-- May run again and again. Whoever may create roles creates them; the owner of a database
-- (of a test's copy, say) may run this too, and then only the second half does anything.
-- Privileges on tables are granted by the migrations that create them.

DO $roles$
DECLARE
    role text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_user AND rolsuper) THEN
        RETURN;
    END IF;
    FOREACH role IN ARRAY ARRAY['iap_owner', 'iap_app', 'iap_staff', 'iap_peer', 'iap_public', 'iap_backup']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
    END LOOP;

    -- Owns the tables and migrates. CREATEDB is for the databases of the tests.
    ALTER ROLE iap_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT;
    -- What servers and workers log in as. NOINHERIT: a policy TO iap_staff must not reach it.
    ALTER ROLE iap_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    -- Entered by SET LOCAL ROLE, to read across cities.
    ALTER ROLE iap_staff NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    -- Entered in the same way, to read what cities published to their network, and to everybody.
    ALTER ROLE iap_peer NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    ALTER ROLE iap_public NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT;
    -- pg_dump as the owner fails under forced policies, or dumps nothing.
    ALTER ROLE iap_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS INHERIT;

    GRANT iap_staff, iap_peer, iap_public TO iap_app WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;
    GRANT pg_read_all_data TO iap_backup;
    EXECUTE format('ALTER DATABASE %I OWNER TO iap_owner', current_database());
END
$roles$;

-- A database copied from a template has none of its template's privileges: they are set here each time.
DO $database$
BEGIN
    EXECUTE format(
        'REVOKE ALL ON DATABASE %I FROM PUBLIC, iap_app, iap_staff, iap_peer, iap_public, iap_backup',
        current_database()
    );
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO iap_app, iap_backup', current_database());
END
$database$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO iap_app, iap_staff, iap_peer, iap_public, iap_backup;
GRANT CREATE, USAGE ON SCHEMA public TO iap_owner;
