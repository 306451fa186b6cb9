-- Who may use the HTTP API, and as whom.

-- The gateway's role. By itself it sees nothing but keys; for each request it becomes intent_reader, who sees one
-- organization. Roles belong to the whole cluster, so another database's migration may do the same at this moment.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'intent_gateway') THEN
    BEGIN
      CREATE ROLE intent_gateway NOLOGIN NOINHERIT;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END IF;
  IF NOT pg_has_role('intent_gateway', 'intent_reader', 'MEMBER') THEN
    BEGIN
      GRANT intent_reader TO intent_gateway;
    -- "tuple concurrently updated"
    EXCEPTION WHEN internal_error OR unique_violation THEN
      NULL;
    END;
  END IF;
END
$$;

-- As in 000001, and the gateway keeps what it is granted.
CREATE OR REPLACE FUNCTION intent_close_privileges() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  this_transaction CONSTANT xid := pg_current_xact_id()::xid;
  item record;
BEGIN
  FOR item IN
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, a.grantee
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND a.grantee <> c.relowner
       -- Those of the migrations themselves are older than the first of them.
       AND (c.xmin = this_transaction OR c.relname IN ('pgmigrations', 'pgmigrations_id_seq', 'pgmigrations_checksums'))
     UNION
    SELECT 'ROUTINE', p.oid::regprocedure::text, a.grantee
      FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     WHERE p.pronamespace = 'public'::regnamespace AND p.xmin = this_transaction AND a.grantee <> p.proowner
  LOOP
    IF item.grantee NOT IN ('intent_engine'::regrole, 'intent_reader'::regrole, 'intent_gateway'::regrole) THEN
      EXECUTE format('REVOKE ALL ON %s %s FROM %s', item.kind, item.name,
                     CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE item.grantee::regrole::text END);
    END IF;
  END LOOP;

  FOR item IN
    SELECT c.oid::regclass AS name, string_agg(quote_ident(t.attname), ', ') AS columns
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.xmin = this_transaction
       AND EXISTS (SELECT FROM aclexplode(c.relacl) a
                    WHERE a.grantee = 'intent_reader'::regrole AND a.privilege_type = 'SELECT')
     GROUP BY c.oid
  LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM intent_reader', item.name);
    EXECUTE format('GRANT SELECT (%s) ON %s TO intent_reader', item.columns, item.name);
  END LOOP;
END
$$;

CREATE TABLE intent_api_keys (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9]{12}$'),
  organization_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 256),
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'transition', 'approve', 'admin']),
  roles text[] NOT NULL DEFAULT '{}' CHECK (array_position(roles, NULL) IS NULL),
  requests_per_minute integer CHECK (requests_per_minute >= 1),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  replaces text REFERENCES intent_api_keys (id),
  last_used_at timestamptz
);
CREATE INDEX idx_intent_api_keys_organization ON intent_api_keys (organization_id, created_at);
CREATE UNIQUE INDEX idx_intent_api_keys_replaces ON intent_api_keys (replaces);
COMMENT ON TABLE intent_api_keys IS 'Keys of the HTTP API. The secret is shown once, when a key is made; here is its hash.';
COMMENT ON COLUMN intent_api_keys.id IS 'Public part of the key, by which it is looked up.';
COMMENT ON COLUMN intent_api_keys.actor IS 'What audit rows of its requests say in actor.';
COMMENT ON COLUMN intent_api_keys.secret_hash IS 'SHA-256 of the secret, which has 256 random bits: nothing to guess, so nothing to slow down.';
COMMENT ON COLUMN intent_api_keys.roles IS 'In which roles it may vote.';
COMMENT ON COLUMN intent_api_keys.requests_per_minute IS 'Null: as many as the gateway allows by default.';
COMMENT ON COLUMN intent_api_keys.replaces IS 'Key in whose place this one was made.';
COMMENT ON COLUMN intent_api_keys.last_used_at IS 'Within a minute.';

CREATE TABLE intent_api_key_events (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key_id text NOT NULL REFERENCES intent_api_keys (id),
  organization_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('created', 'expiry changed', 'revoked')),
  detail jsonb NOT NULL,
  login name NOT NULL DEFAULT session_user,
  actor text,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX idx_intent_api_key_events_key ON intent_api_key_events (key_id, number);
COMMENT ON TABLE intent_api_key_events IS 'What was done to keys, by whom; append-only. The table of the keys writes it by itself.';
COMMENT ON COLUMN intent_api_key_events.login IS 'Role of the database session.';
COMMENT ON COLUMN intent_api_key_events.actor IS 'Who that was, as the session said in intent.actor; null where it did not.';

-- A key stays what it was made as; it may only end, sooner or later, and be used. Each change but its use is recorded.
CREATE FUNCTION intent_check_api_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['expires_at', 'revoked_at', 'last_used_at']
                      <> to_jsonb(OLD) - ARRAY['expires_at', 'revoked_at', 'last_used_at'] THEN
    RAISE EXCEPTION 'the key % stays as it was made: % refused', OLD.id, TG_OP
      USING ERRCODE = 'IE004', HINT = 'Revoke it with: intent keys revoke';
  ELSIF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'the key % has been revoked, and stays so', OLD.id
      USING ERRCODE = 'IE004', HINT = 'Make another one with: intent keys create';
  END IF;
  RETURN NEW;
END
$$;

CREATE FUNCTION intent_record_api_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.expires_at, NEW.revoked_at) IS NOT DISTINCT FROM (OLD.expires_at, OLD.revoked_at) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.intent_api_key_events (key_id, organization_id, kind, detail, actor)
  VALUES (
    NEW.id, NEW.organization_id,
    CASE WHEN TG_OP = 'INSERT' THEN 'created'
         WHEN NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN 'revoked'
         ELSE 'expiry changed' END,
    CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) - ARRAY['secret_hash', 'last_used_at']
         ELSE jsonb_build_object('expires_at', NEW.expires_at, 'revoked_at', NEW.revoked_at) END,
    nullif(current_setting('intent.actor', true), '')
  );
  RETURN NULL;
END
$$;

CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON intent_api_keys
  FOR EACH ROW EXECUTE FUNCTION intent_check_api_key();
CREATE TRIGGER record_change AFTER INSERT OR UPDATE ON intent_api_keys
  FOR EACH ROW EXECUTE FUNCTION intent_record_api_key();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON intent_api_keys
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intent_api_key_events
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

ALTER TABLE intent_api_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_api_key_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY gateway_reads ON intent_api_keys FOR SELECT TO intent_gateway USING (true);
CREATE POLICY gateway_notes_use ON intent_api_keys FOR UPDATE TO intent_gateway USING (true) WITH CHECK (true);
CREATE POLICY gateway_reads ON pgmigrations FOR SELECT TO intent_gateway USING (true);

GRANT SELECT, UPDATE (last_used_at) ON intent_api_keys TO intent_gateway;
-- It checks at its start that the schema is the one it needs.
GRANT SELECT ON pgmigrations TO intent_gateway;

SELECT intent_close_privileges();
