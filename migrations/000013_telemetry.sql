-- What metrics are counted by: which decisions a call has stored, and how starts of workers went.

-- Records decisions as intent_record_outcomes does and returns the same rows, then one that says which of the decisions,
-- counted from 1, this call has stored: those that were stored before are not among them.
CREATE FUNCTION intent_record_decisions(p_workflow_id uuid, p_organization_id uuid, p_decisions jsonb)
RETURNS TABLE (sequence integer, transitioned_at timestamptz, hash text, graph_version integer, written bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  this_transaction CONSTANT xid := pg_current_xact_id()::xid;
BEGIN
  RETURN QUERY
    SELECT r.sequence, r.transitioned_at, r.hash, r.graph_version, NULL::bigint[]
      FROM intent_record_outcomes(p_workflow_id, p_organization_id, p_decisions) r;
  RETURN QUERY
    SELECT NULL::integer, NULL::timestamptz, NULL::text, NULL::integer, ARRAY(
      SELECT d.position
        FROM jsonb_array_elements(p_decisions) WITH ORDINALITY AS d (decision, position)
       WHERE CASE d.decision ->> 'status'
               WHEN 'applied' THEN EXISTS (
                 SELECT FROM workflow_transition_audit a
                  WHERE a.workflow_id = p_workflow_id AND a.sequence = (d.decision ->> 'sequence')::integer
                    AND a.xmin = this_transaction)
               WHEN 'rejected' THEN EXISTS (
                 SELECT FROM workflow_transition_rejections r
                  WHERE r.workflow_id = p_workflow_id AND r.number = (d.decision ->> 'number')::integer
                    AND r.xmin = this_transaction)
               ELSE EXISTS (
                 SELECT FROM workflow_transition_votes v
                  WHERE v.workflow_id = p_workflow_id AND v.number = (d.decision #>> '{vote,number}')::integer
                    AND v.xmin = this_transaction)
             END
       ORDER BY d.position);
END
$$;
GRANT EXECUTE ON FUNCTION intent_record_decisions(uuid, uuid, jsonb) TO intent_engine;

-- One row a start of a worker, kept for a while: a worker that refuses to start is seen by those that run.
CREATE TABLE intent_worker_starts (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  problem text CHECK (problem <> '')
);
CREATE INDEX idx_intent_worker_starts_started ON intent_worker_starts (started_at);
COMMENT ON TABLE intent_worker_starts IS 'One row a start of a worker, removed after 30 days.';
COMMENT ON COLUMN intent_worker_starts.problem IS 'Why it refused to start; null: it started.';

ALTER TABLE intent_worker_starts ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_worker_starts FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON intent_worker_starts FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_deletes ON intent_worker_starts FOR DELETE TO intent_engine USING (true);
GRANT SELECT, INSERT, DELETE ON intent_worker_starts TO intent_engine;

SELECT intent_close_privileges();
