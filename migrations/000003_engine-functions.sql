-- What the engine calls: one round trip, one commit each.

-- Creates an intent with its first audit row, or returns what its workflow created before. What is stored counts:
-- the graph version that was newest then, the time and the salt, which only a restore gives.
CREATE FUNCTION intent_create(
  p_id uuid,
  p_organization_id uuid,
  p_run_id text,
  p_graph_name text,
  p_graph_version integer,
  p_title text,
  p_metadata jsonb,
  p_created_by text,
  p_transitioned_at timestamptz,
  p_personal_salt uuid DEFAULT NULL
) RETURNS TABLE (definition jsonb, transitioned_at timestamptz, hash text, personal_salt uuid)
LANGUAGE plpgsql AS $$
DECLARE
  graph workflow_graphs;
  intent intent_workflows;
BEGIN
  SELECT * INTO intent FROM intent_workflows WHERE id = p_id;
  IF NOT FOUND THEN
    SELECT * INTO graph FROM workflow_graphs g
     WHERE g.name = p_graph_name AND (p_graph_version IS NULL OR g.version = p_graph_version)
     ORDER BY g.version DESC LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'graph % is not registered', p_graph_name || coalesce('@' || p_graph_version, '')
        USING ERRCODE = 'IE006', HINT = 'Register it with: intent graph register FILE';
    END IF;
    INSERT INTO intent_workflows
      (id, organization_id, state, graph_name, graph_version, title, metadata, created_by, run_id, personal_salt)
    VALUES
      (p_id, p_organization_id, graph.initial_state, graph.name, graph.version, p_title, p_metadata, p_created_by,
       p_run_id, coalesce(p_personal_salt, gen_random_uuid()))
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      INSERT INTO workflow_transition_audit
        (workflow_id, organization_id, sequence, request_id, new_state, actor, transitioned_at)
      VALUES
        (p_id, p_organization_id, 1, 'creation', graph.initial_state, p_created_by, p_transitioned_at);
    END IF;
    SELECT * INTO intent FROM intent_workflows WHERE id = p_id;
  END IF;

  IF intent.run_id <> p_run_id OR intent.organization_id <> p_organization_id THEN
    RAISE EXCEPTION 'intent % exists already', p_id USING ERRCODE = 'IE005', HINT = 'Choose another id.';
  END IF;
  RETURN QUERY
    SELECT g.definition, a.transitioned_at, a.hash, intent.personal_salt
      FROM workflow_graphs g, workflow_transition_audit a
     WHERE g.name = intent.graph_name AND g.version = intent.graph_version
       AND a.workflow_id = p_id AND a.sequence = 1;
END
$$;

-- Records decisions in their order, and returns what is stored for each transition among them. Repeated calls,
-- also at the same time, store every decision once.
CREATE FUNCTION intent_record_outcomes(p_workflow_id uuid, p_organization_id uuid, p_decisions jsonb)
RETURNS TABLE (sequence integer, transitioned_at timestamptz, hash text)
LANGUAGE plpgsql AS $$
DECLARE
  decision record;
BEGIN
  IF NOT EXISTS (SELECT FROM intent_workflows WHERE id = p_workflow_id) THEN
    RAISE EXCEPTION 'intent % has no row in intent_workflows', p_workflow_id USING ERRCODE = 'IE002';
  END IF;
  FOR decision IN
    SELECT * FROM jsonb_to_recordset(p_decisions) AS d (
      status text, "requestId" text, actor text, reason text,
      sequence integer, "previousState" workflow_state, "newState" workflow_state, metadata jsonb,
      "transitionedAt" timestamptz,
      number integer, code text, message text, state workflow_state, "requestedState" text,
      "rejectedAt" timestamptz
    )
  LOOP
    IF decision.status = 'applied' THEN
      INSERT INTO workflow_transition_audit
        (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at)
      VALUES
        (p_workflow_id, p_organization_id, decision.sequence, decision."requestId", decision."previousState",
         decision."newState", decision.reason, decision.actor, decision.metadata, decision."transitionedAt");
    ELSE
      INSERT INTO workflow_transition_rejections AS r
        (workflow_id, organization_id, number, request_id, code, message, state, requested_state,
         transition_reason, actor, rejected_at)
      VALUES
        (p_workflow_id, p_organization_id, decision.number, decision."requestId", decision.code, decision.message,
         decision.state, decision."requestedState", decision.reason, decision.actor, decision."rejectedAt")
      ON CONFLICT (workflow_id, number) DO NOTHING;
      -- What the archive has already is skipped, too.
      IF NOT FOUND AND NOT EXISTS (
        SELECT FROM workflow_transition_rejections r
         WHERE r.workflow_id = p_workflow_id AND r.number = decision.number
           AND r.request_id = decision."requestId" AND r.code = decision.code
      ) AND NOT EXISTS (
        SELECT FROM intent_archives x WHERE x.workflow_id = p_workflow_id AND x.rejections >= decision.number
      ) THEN
        RAISE EXCEPTION 'intent % already has another rejection at number %', p_workflow_id, decision.number
          USING ERRCODE = 'IE001';
      END IF;
    END IF;
  END LOOP;
  RETURN QUERY
    SELECT a.sequence, a.transitioned_at, a.hash
      FROM workflow_transition_audit a
     WHERE a.workflow_id = p_workflow_id
       AND a.sequence IN (SELECT (d ->> 'sequence')::integer FROM jsonb_array_elements(p_decisions) d)
     ORDER BY a.sequence;
  -- An activity that is tried again after its rows were archived: for a file, the head is all that is left here.
  IF EXISTS (SELECT FROM intent_archives x WHERE x.workflow_id = p_workflow_id) THEN
    RETURN QUERY
      SELECT s.sequence, coalesce(a.transitioned_at, i.ended_at), coalesce(a.hash, i.audit_hash)
        FROM intent_workflows i,
             (SELECT (d ->> 'sequence')::integer AS sequence FROM jsonb_array_elements(p_decisions) d) s
       CROSS JOIN LATERAL intent_find_audit_row(p_workflow_id, s.sequence) a
       WHERE i.id = p_workflow_id AND s.sequence IS NOT NULL
         AND (a.hash IS NOT NULL OR s.sequence = i.sequence)
         AND NOT EXISTS (SELECT FROM workflow_transition_audit live
                          WHERE live.workflow_id = p_workflow_id AND live.sequence = s.sequence)
       ORDER BY s.sequence;
  END IF;
END
$$;

SELECT intent_close_privileges();
