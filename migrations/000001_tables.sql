-- The mirror of every intent, its audit trail, and the records of what was taken from it.
--
-- The state of an intent moves only because an audit row was inserted, audit rows are append-only and chained by
-- hash, and every edge is one of the registered graph. The rules are in 000002, for every role.

-- Roles belong to the whole cluster, so another database's migration may create them at the same moment.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['intent_engine', 'intent_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN
        NULL;
      END;
    END IF;
  END LOOP;
END
$$;

-- Labels come with the graphs: registering one adds those that are missing.
CREATE TYPE workflow_state AS ENUM ();

-- ---------------------------------------------------------------------------------------------------------------
-- Graphs

CREATE TABLE workflow_graphs (
  name text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  initial_state workflow_state NOT NULL,
  definition jsonb NOT NULL,
  fingerprint text NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  registered_by text NOT NULL DEFAULT session_user,
  PRIMARY KEY (name, version)
);
COMMENT ON TABLE workflow_graphs IS 'Registered graphs. A registered version never changes.';
COMMENT ON COLUMN workflow_graphs.fingerprint IS 'SHA-256 of the definition as canonical JSON, hexadecimal.';

CREATE TABLE workflow_graph_states (
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  state workflow_state NOT NULL,
  step_number integer,
  step_key text,
  terminal boolean NOT NULL,
  PRIMARY KEY (graph_name, graph_version, state),
  FOREIGN KEY (graph_name, graph_version) REFERENCES workflow_graphs (name, version),
  CHECK (terminal = (step_number IS NULL))
);

CREATE TABLE workflow_graph_edges (
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  from_state workflow_state NOT NULL,
  to_state workflow_state NOT NULL,
  PRIMARY KEY (graph_name, graph_version, from_state, to_state),
  FOREIGN KEY (graph_name, graph_version, from_state)
    REFERENCES workflow_graph_states (graph_name, graph_version, state),
  FOREIGN KEY (graph_name, graph_version, to_state)
    REFERENCES workflow_graph_states (graph_name, graph_version, state)
);

-- ---------------------------------------------------------------------------------------------------------------
-- Intents

CREATE TABLE intent_workflows (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  state workflow_state NOT NULL,
  sequence integer NOT NULL DEFAULT 0,
  audit_hash text,
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  title text,
  metadata jsonb,
  created_by text,
  run_id text NOT NULL,
  personal_salt uuid DEFAULT gen_random_uuid(),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  UNIQUE (id, organization_id),
  FOREIGN KEY (graph_name, graph_version, state) REFERENCES workflow_graph_states (graph_name, graph_version, state)
);
CREATE INDEX idx_intent_workflows_state ON intent_workflows (state);
CREATE INDEX idx_intent_workflows_organization ON intent_workflows (organization_id, state);
COMMENT ON TABLE intent_workflows IS 'One row an intent: the state that its last audit row led to.';
COMMENT ON COLUMN intent_workflows.id IS 'Also the Workflow ID in Temporal.';
COMMENT ON COLUMN intent_workflows.sequence IS 'Sequence of the last audit row.';
COMMENT ON COLUMN intent_workflows.audit_hash IS 'Hash of the last audit row.';
COMMENT ON COLUMN intent_workflows.run_id IS 'Temporal run that created the intent, the first of its chain.';
COMMENT ON COLUMN intent_workflows.personal_salt IS
  'Goes into every personal_digest of the intent, so that none can be guessed once the personal fields are erased.';
COMMENT ON COLUMN intent_workflows.ended_at IS 'When a terminal state was reached.';

CREATE TABLE workflow_transition_audit (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  request_id text NOT NULL,
  previous_state workflow_state,
  new_state workflow_state NOT NULL,
  transition_reason text,
  actor text,
  metadata jsonb,
  transitioned_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  personal_digest text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (workflow_id, sequence),
  UNIQUE (workflow_id, request_id),
  FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows (id, organization_id),
  CHECK ((sequence = 1) = (previous_state IS NULL))
);
COMMENT ON TABLE workflow_transition_audit IS 'One row a transition, append-only, chained by hash per intent.';
COMMENT ON COLUMN workflow_transition_audit.transitioned_at IS 'When the transition was decided, or happened, if imported.';
COMMENT ON COLUMN workflow_transition_audit.created_at IS 'When this row was inserted. Not part of the hash.';
COMMENT ON COLUMN workflow_transition_audit.personal_digest IS
  'intent_personal_digest(salt of the intent, this row): stands in the hash for reason, actor and metadata.';
COMMENT ON COLUMN workflow_transition_audit.hash IS 'intent_audit_hash(hash of the row before, this row).';

CREATE TABLE workflow_transition_rejections (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  request_id text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  state workflow_state NOT NULL,
  requested_state text,
  transition_reason text,
  actor text,
  rejected_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workflow_id, number),
  FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows (id, organization_id)
);
-- An id that was rejected long ago may be used again, so it is not unique; the newest row answers.
CREATE INDEX idx_workflow_transition_rejections_request
  ON workflow_transition_rejections (workflow_id, request_id, number DESC);
COMMENT ON TABLE workflow_transition_rejections IS 'One row a rejected request, append-only.';
COMMENT ON COLUMN workflow_transition_rejections.number IS 'Position among the intent''s rejections, from 1.';

CREATE TABLE workflow_transition_conflicts (
  -- Random: a number would tell a reader how many conflicts the other organizations have.
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  attempted jsonb NOT NULL,
  stored jsonb,
  sqlstate text NOT NULL,
  message text NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Evidence that comes twice, even at the same time, is kept once.
CREATE UNIQUE INDEX idx_workflow_transition_conflicts_evidence
  ON workflow_transition_conflicts (workflow_id, hashtextextended(attempted::text, 0))
  WHERE jsonb_typeof(attempted) = 'array';
COMMENT ON TABLE workflow_transition_conflicts IS
  'Evidence: rows that were refused because they contradict what is stored, beside what is stored.';

-- ---------------------------------------------------------------------------------------------------------------
-- Records: nothing leaves or changes in the trail without a row here

CREATE TABLE workflow_transition_repairs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  table_name text NOT NULL,
  stored jsonb NOT NULL,
  reason text NOT NULL,
  repaired_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  repaired_by text NOT NULL DEFAULT session_user
);
CREATE INDEX idx_workflow_transition_repairs_workflow ON workflow_transition_repairs (workflow_id);
COMMENT ON TABLE workflow_transition_repairs IS
  'Evidence: rows as they were before a repair replaced them with what Temporal knows.';

CREATE TABLE intent_erasures (
  workflow_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  reason text NOT NULL,
  erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  erased_by text NOT NULL DEFAULT session_user,
  FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows (id, organization_id)
);
COMMENT ON TABLE intent_erasures IS 'Intents whose personal fields were erased, and why.';

CREATE TABLE intent_archive_files (
  name text PRIMARY KEY,
  sha256 text NOT NULL,
  manifest jsonb NOT NULL,
  signature text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE intent_archive_files IS 'Files that hold archived rows, each with its signed manifest.';

CREATE TABLE intent_archives (
  workflow_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  ended_at timestamptz NOT NULL,
  transitions integer NOT NULL,
  rejections integer NOT NULL,
  file text REFERENCES intent_archive_files (name),
  archived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  archived_by text NOT NULL DEFAULT session_user,
  FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows (id, organization_id)
);
CREATE INDEX idx_intent_archives_file ON intent_archives (file) WHERE file IS NOT NULL;
COMMENT ON TABLE intent_archives IS 'Intents whose audit rows and rejections are in the archive.';
COMMENT ON COLUMN intent_archives.file IS 'File that holds the rows; null where the archive tables do.';
COMMENT ON COLUMN intent_archives.rejections IS 'How many were archived; later ones stay where they are.';

-- Finds what may be archived.
CREATE INDEX idx_intent_workflows_ended ON intent_workflows (ended_at) WHERE ended_at IS NOT NULL;

-- ---------------------------------------------------------------------------------------------------------------
-- Closed to everybody until 000005 opens them.

ALTER TABLE workflow_graphs ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_graph_states ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_graph_edges ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_workflows ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_rejections ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_conflicts ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_repairs ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_erasures ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_archive_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_archives ENABLE ROW LEVEL SECURITY;

-- Every migration ends with a call of this. It takes what the migration's transaction made, and
-- - takes away what the database grants to others on everything new: EXECUTE to PUBLIC, which would let anybody
--   attach our triggers to a table of theirs, and on Supabase everything, TRUNCATE too, to the web roles;
-- - gives the reader each column of a table instead of the table: with the system columns ctid and xmin it could
--   count what others wrote between its own rows.
CREATE FUNCTION intent_close_privileges() RETURNS void
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
    IF item.grantee NOT IN ('intent_engine'::regrole, 'intent_reader'::regrole) THEN
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

SELECT intent_close_privileges();
