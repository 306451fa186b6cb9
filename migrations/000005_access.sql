-- Who may what.

CREATE TABLE intent_organization_roles (
  role_name name PRIMARY KEY,
  organization_id uuid NOT NULL
);
COMMENT ON TABLE intent_organization_roles IS
  'Roles that read one organization, whatever their session sets. Kept by the owner.';

-- The organization that the session speaks for. Of a bound role, the one it is bound to: whoever may send SQL may
-- set anything. Of any other, what the setting intent.organization_id says, or the token that PostgREST and
-- Supabase put into request.jwt.claims; if they contradict each other, none. user_metadata never counts: there,
-- users write what they like. The names in this body are looked up once, now, and not in a caller's search_path.
-- The policies ask it once a statement, which takes less than 0.1 ms.
CREATE FUNCTION intent_current_organization() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
  (SELECT organization_id FROM intent_organization_roles
    WHERE role_name IN (session_user, current_user)
    ORDER BY role_name = session_user DESC LIMIT 1),
  (SELECT CASE WHEN by_setting <> by_token THEN NULL ELSE coalesce(by_setting, by_token) END
     FROM (SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb AS claims) token,
          LATERAL (SELECT
            nullif(current_setting('intent.organization_id', true), '')::uuid AS by_setting,
            coalesce(nullif(claims ->> 'organization_id', ''),
                     nullif(claims -> 'app_metadata' ->> 'organization_id', ''))::uuid AS by_token) named)
);

ALTER TABLE intent_organization_roles ENABLE ROW LEVEL SECURITY;

-- Graphs are shared by all organizations.
CREATE POLICY everyone_reads ON workflow_graphs FOR SELECT TO intent_engine, intent_reader USING (true);
CREATE POLICY everyone_reads ON workflow_graph_states FOR SELECT TO intent_engine, intent_reader USING (true);
CREATE POLICY everyone_reads ON workflow_graph_edges FOR SELECT TO intent_engine, intent_reader USING (true);

-- The engine serves every organization.
CREATE POLICY engine_reads ON intent_workflows FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON intent_workflows FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_audit FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON workflow_transition_audit FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_rejections FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON workflow_transition_rejections FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_conflicts FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON workflow_transition_conflicts FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_repairs FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON intent_erasures FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON intent_archives FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON workflow_transition_audit_archive FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON workflow_transition_rejections_archive FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON intent_archive_files FOR SELECT TO intent_engine USING (true);

-- A reader sees one organization; the sub-select makes Postgres ask for it once a statement, not once a row.
CREATE POLICY reader_reads_own ON intent_workflows FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_audit FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_rejections FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_conflicts FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));

CREATE POLICY reader_reads_own ON workflow_transition_repairs FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON intent_erasures FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON intent_archives FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_audit_archive FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_rejections_archive FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));

-- Only its own row: else it would learn which organizations there are.
CREATE POLICY reader_reads_own ON intent_organization_roles FOR SELECT TO intent_reader
  USING (role_name IN (session_user, current_user));

GRANT SELECT ON workflow_graphs, workflow_graph_states, workflow_graph_edges, intent_workflows,
  workflow_transition_audit, workflow_transition_rejections, workflow_transition_conflicts,
  workflow_transition_repairs, intent_erasures, intent_archives, workflow_transition_audit_archive,
  workflow_transition_rejections_archive, workflow_transition_audit_all, workflow_transition_rejections_all
  TO intent_engine, intent_reader;
-- A file holds rows of many organizations.
GRANT SELECT ON intent_archive_files TO intent_engine;
GRANT SELECT ON intent_organization_roles TO intent_reader;
GRANT INSERT ON intent_workflows, workflow_transition_audit, workflow_transition_rejections,
  workflow_transition_conflicts TO intent_engine;

GRANT EXECUTE ON FUNCTION
  intent_create(uuid, uuid, text, text, integer, text, jsonb, text, timestamptz, uuid),
  intent_record_outcomes(uuid, uuid, jsonb)
  TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_find_audit_row(uuid, integer) TO intent_engine;
GRANT EXECUTE ON FUNCTION
  intent_personal_digest(uuid, workflow_transition_audit),
  intent_audit_canonical(workflow_transition_audit),
  intent_audit_hash(text, workflow_transition_audit)
  TO intent_engine, intent_reader;
GRANT EXECUTE ON FUNCTION intent_current_organization() TO intent_reader;

-- A worker checks at its start that the schema is the one it needs.
GRANT SELECT ON pgmigrations TO intent_engine;
ALTER TABLE pgmigrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON pgmigrations FOR SELECT TO intent_engine USING (true);

-- The estimates of EXPLAIN come from samples of everybody's rows: without samples of these columns it can't be
-- asked how many rows an organization has, or whether a name or a text occurs in another one's. Joins and counts of
-- an organization that has 9 in 10 of 70,000 intents took the same time with samples and without.
ALTER TABLE intent_workflows
  ALTER organization_id SET STATISTICS 0,
  ALTER title SET STATISTICS 0,
  ALTER metadata SET STATISTICS 0,
  ALTER created_by SET STATISTICS 0,
  ALTER run_id SET STATISTICS 0;
ALTER TABLE workflow_transition_audit
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER transition_reason SET STATISTICS 0,
  ALTER actor SET STATISTICS 0,
  ALTER metadata SET STATISTICS 0;
ALTER TABLE workflow_transition_rejections
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER message SET STATISTICS 0,
  ALTER requested_state SET STATISTICS 0,
  ALTER transition_reason SET STATISTICS 0,
  ALTER actor SET STATISTICS 0;
ALTER TABLE workflow_transition_conflicts
  ALTER organization_id SET STATISTICS 0,
  ALTER attempted SET STATISTICS 0,
  ALTER stored SET STATISTICS 0,
  ALTER message SET STATISTICS 0;
ALTER TABLE workflow_transition_repairs
  ALTER organization_id SET STATISTICS 0,
  ALTER stored SET STATISTICS 0,
  ALTER reason SET STATISTICS 0;
ALTER TABLE intent_erasures
  ALTER organization_id SET STATISTICS 0,
  ALTER reason SET STATISTICS 0;
ALTER TABLE intent_archives
  ALTER organization_id SET STATISTICS 0,
  ALTER file SET STATISTICS 0;
-- The partitions of the archive take theirs from these.
ALTER TABLE workflow_transition_audit_archive
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER transition_reason SET STATISTICS 0,
  ALTER actor SET STATISTICS 0,
  ALTER metadata SET STATISTICS 0;
ALTER TABLE workflow_transition_rejections_archive
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER message SET STATISTICS 0,
  ALTER requested_state SET STATISTICS 0,
  ALTER transition_reason SET STATISTICS 0,
  ALTER actor SET STATISTICS 0;

SELECT intent_close_privileges();
