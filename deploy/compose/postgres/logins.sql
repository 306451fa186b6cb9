-- For psql, as a superuser, after the migrations, which make the roles: worker and gateway log in as these.
-- Safe to run again; passwords are then those of the environment.
\getenv engine_password ENGINE_PASSWORD
\getenv gateway_password GATEWAY_PASSWORD

ALTER ROLE intent_engine LOGIN PASSWORD :'engine_password';
ALTER ROLE intent_gateway LOGIN PASSWORD :'gateway_password';

GRANT CONNECT ON DATABASE intent TO intent_engine, intent_gateway, intent_reader;
