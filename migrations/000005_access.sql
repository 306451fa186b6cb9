-- Who may what.

-- The organization that the session speaks for: the setting intent.organization_id, or the claim of that name in
-- the JSON Web Token that PostgREST and Supabase put into request.jwt.claims.
CREATE FUNCTION intent_current_organization() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
  nullif(current_setting('intent.organization_id', true), ''),
  nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'organization_id'
)::uuid;

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

GRANT SELECT ON workflow_graphs, workflow_graph_states, workflow_graph_edges, intent_workflows,
  workflow_transition_audit, workflow_transition_rejections, workflow_transition_conflicts,
  workflow_transition_repairs, intent_erasures, intent_archives, workflow_transition_audit_archive,
  workflow_transition_rejections_archive, workflow_transition_audit_all, workflow_transition_rejections_all
  TO intent_engine, intent_reader;
-- A file holds rows of many organizations.
GRANT SELECT ON intent_archive_files TO intent_engine;
GRANT INSERT ON intent_workflows, workflow_transition_audit, workflow_transition_rejections,
  workflow_transition_conflicts TO intent_engine;

REVOKE EXECUTE ON FUNCTION
  intent_erase(uuid, text),
  intent_add_archive_partition(timestamptz),
  intent_create(uuid, uuid, text, text, integer, text, jsonb, text, timestamptz, uuid),
  intent_record_outcomes(uuid, uuid, jsonb)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  intent_create(uuid, uuid, text, text, integer, text, jsonb, text, timestamptz, uuid),
  intent_record_outcomes(uuid, uuid, jsonb)
  TO intent_engine;

-- A worker checks at its start that the schema is the one it needs. Like all tables here, this one stays closed to
-- whom the database grants every new table, as Supabase does to its web roles.
GRANT SELECT ON pgmigrations TO intent_engine;
ALTER TABLE pgmigrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON pgmigrations FOR SELECT TO intent_engine USING (true);
