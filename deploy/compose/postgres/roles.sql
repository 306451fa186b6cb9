-- For psql, as a superuser, before the migrations: who owns the tables, whom Temporal connects as, and their databases.
-- Safe to run again; passwords are then those of the environment.
\getenv owner_password OWNER_PASSWORD
\getenv temporal_password TEMPORAL_PASSWORD

SELECT 'CREATE ROLE intent_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'intent_owner') \gexec
ALTER ROLE intent_owner LOGIN CREATEROLE PASSWORD :'owner_password';

SELECT 'CREATE ROLE temporal' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'temporal') \gexec
ALTER ROLE temporal LOGIN PASSWORD :'temporal_password';

SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
  FROM (VALUES ('intent', 'intent_owner'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal'))
    AS wanted (name, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

-- By default everybody may connect to every database.
REVOKE CONNECT, TEMPORARY ON DATABASE intent, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE intent TO intent_owner;
GRANT CONNECT, TEMPORARY ON DATABASE temporal, temporal_visibility TO temporal;
