-- Why a state moved, and by which version of its graph: an app asked, a deadline passed, work ended, an operator forced.
--
-- Rows that were written before have no graph version and hash as they did: a row says by its graph version which of
-- the two forms it has. SQLSTATE IE003 now means: the registered graph does not allow this move.

ALTER TABLE workflow_transition_audit
  ADD COLUMN kind text NOT NULL DEFAULT 'transition',
  ADD COLUMN graph_version integer,
  ADD CHECK (kind = 'transition' OR graph_version IS NOT NULL);
COMMENT ON COLUMN workflow_transition_audit.kind IS
  'What moved the intent: transition (an app), work, children, deadline, approval, cancellation, undo, force, reopen, migration, pause, resume.';
COMMENT ON COLUMN workflow_transition_audit.graph_version IS
  'Version of the intent''s graph after this row; null in rows that were written before it was kept.';

ALTER TABLE workflow_transition_audit_archive
  ADD COLUMN kind text NOT NULL DEFAULT 'transition',
  ADD COLUMN graph_version integer;

ALTER TABLE intent_workflows
  ADD COLUMN parent_id uuid,
  ADD COLUMN first_graph_version integer;
COMMENT ON COLUMN intent_workflows.parent_id IS 'Workflow that started this one as its child, if any: an intent''s id.';
COMMENT ON COLUMN intent_workflows.graph_version IS 'Version that the intent follows now; a migration changes it.';
COMMENT ON COLUMN intent_workflows.first_graph_version IS
  'Version that it was created with, once a migration has changed it; until then null.';
CREATE INDEX idx_intent_workflows_parent ON intent_workflows (parent_id) WHERE parent_id IS NOT NULL;

GRANT SELECT (kind, graph_version) ON workflow_transition_audit, workflow_transition_audit_archive TO intent_reader;
GRANT SELECT (parent_id, first_graph_version) ON intent_workflows TO intent_reader;
ALTER TABLE workflow_transition_audit ALTER kind SET STATISTICS 0, ALTER graph_version SET STATISTICS 0;
ALTER TABLE workflow_transition_audit_archive ALTER kind SET STATISTICS 0, ALTER graph_version SET STATISTICS 0;
ALTER TABLE intent_workflows ALTER parent_id SET STATISTICS 0, ALTER first_graph_version SET STATISTICS 0;

CREATE OR REPLACE VIEW workflow_transition_audit_all WITH (security_invoker = true) AS
  SELECT workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at, created_at, personal_digest, hash, kind, graph_version
    FROM workflow_transition_audit
  UNION ALL
  SELECT workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at, created_at, personal_digest, hash, kind, graph_version
    FROM workflow_transition_audit_archive;

CREATE OR REPLACE FUNCTION intent_audit_canonical(audit workflow_transition_audit) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (jsonb_build_array(
  audit.workflow_id,
  audit.organization_id,
  audit.sequence,
  audit.request_id,
  audit.previous_state,
  audit.new_state,
  audit.personal_digest,
  to_char(audit.transitioned_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
) || CASE WHEN audit.graph_version IS NULL AND coalesce(audit.kind, 'transition') = 'transition' THEN '[]'::jsonb
          ELSE jsonb_build_array(audit.kind, audit.graph_version) END)::text;

-- What a move may be, judged by its kind. Null: it may; else why not. `p_from_version` is the graph version that the
-- intent followed before the row, `p_to_version` the one after it; they differ for migrations alone.
CREATE FUNCTION intent_move_problem(
  p_graph_name text,
  p_from_version integer,
  p_to_version integer,
  p_kind text,
  p_previous workflow_state,
  p_new workflow_state
) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  graph CONSTANT text := format('graph %s@%s', p_graph_name, p_to_version);
  definition jsonb;
  edge boolean;
  was_terminal boolean;
  is_terminal boolean;
BEGIN
  SELECT EXISTS (
    SELECT FROM workflow_graph_edges e
     WHERE e.graph_name = p_graph_name AND e.graph_version = p_to_version
       AND e.from_state = p_previous AND e.to_state = p_new
  ) INTO edge;
  IF edge AND p_kind = 'transition' AND p_from_version = p_to_version THEN
    -- The way of nearly all rows: one look-up.
    SELECT g.definition INTO definition FROM workflow_graphs g
     WHERE g.name = p_graph_name AND g.version = p_to_version AND g.definition ? 'approvals';
    IF definition -> 'approvals' @> jsonb_build_array(jsonb_build_object('from', p_previous, 'to', p_new)) THEN
      RETURN format('%s moves from %s to %s by votes only', graph, p_previous, p_new);
    END IF;
    RETURN NULL;
  END IF;

  SELECT s.terminal INTO was_terminal FROM workflow_graph_states s
   WHERE s.graph_name = p_graph_name AND s.graph_version = p_from_version AND s.state = p_previous;
  SELECT s.terminal INTO is_terminal FROM workflow_graph_states s
   WHERE s.graph_name = p_graph_name AND s.graph_version = p_to_version AND s.state = p_new;
  IF was_terminal IS NULL OR is_terminal IS NULL THEN
    RETURN format('%s has no state %s', graph, CASE WHEN is_terminal IS NULL THEN p_new ELSE p_previous END);
  END IF;
  IF was_terminal AND p_kind <> 'reopen' THEN
    RETURN format('%s is terminal in %s', p_previous, graph);
  END IF;
  IF p_from_version <> p_to_version AND p_kind <> 'migration' THEN
    RETURN format('only a migration changes the graph version, not a row of kind %s', p_kind);
  END IF;

  CASE
    WHEN p_kind IN ('transition', 'work', 'children', 'deadline', 'approval', 'undo') THEN
      RETURN CASE WHEN NOT edge THEN format('%s has no edge from %s to %s', graph, p_previous, p_new) END;
    WHEN p_kind IN ('pause', 'resume') THEN
      RETURN CASE WHEN p_previous <> p_new THEN format('a row of kind %s moves nothing', p_kind) END;
    WHEN p_kind = 'cancellation' THEN
      SELECT g.definition INTO definition FROM workflow_graphs g
       WHERE g.name = p_graph_name AND g.version = p_to_version;
      RETURN CASE WHEN NOT (is_terminal AND p_new::text = 'CANCELLED')
                   AND p_new::text IS DISTINCT FROM definition -> 'cancellation' ->> 'through'
                  THEN format('%s is not where %s leads cancelled intents', p_new, graph) END;
    WHEN p_kind = 'force' THEN
      RETURN NULL;
    WHEN p_kind = 'reopen' THEN
      RETURN CASE WHEN NOT was_terminal OR is_terminal
                  THEN format('reopening leads from a terminal state to one that is not, not from %s to %s', p_previous, p_new) END;
    WHEN p_kind = 'migration' THEN
      RETURN CASE
        WHEN p_from_version = p_to_version THEN 'a migration changes the graph version'
        WHEN is_terminal THEN format('a migration ends no intent, and %s is terminal in %s', p_new, graph)
        WHEN p_previous <> p_new AND EXISTS (
          SELECT FROM workflow_graph_states s
           WHERE s.graph_name = p_graph_name AND s.graph_version = p_to_version AND s.state = p_previous
        ) THEN format('%s is a state of %s too: a migration leaves the intent there', p_previous, graph) END;
    ELSE
      RETURN format('%s is no kind of move', p_kind);
  END CASE;
END
$$;

-- Whether a row begins a stay in its state. A pause, a resumption, and a migration that leaves the intent where it is are rows
-- in the middle of one; a transition along a self edge begins the next.
CREATE FUNCTION intent_begins_stay(audit workflow_transition_audit) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN audit.kind NOT IN ('pause', 'resume')
   AND NOT (audit.kind = 'migration' AND audit.previous_state = audit.new_state);

CREATE OR REPLACE FUNCTION intent_check_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  intent public.intent_workflows;
  stored public.workflow_transition_audit;
  problem text;
BEGIN
  SELECT * INTO intent FROM public.intent_workflows WHERE id = NEW.workflow_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'intent % has no row in intent_workflows', NEW.workflow_id USING ERRCODE = 'IE002';
  END IF;

  IF NEW.sequence <= intent.sequence THEN
    stored := public.intent_find_audit_row(NEW.workflow_id, NEW.sequence);
    -- Rows in an archive file can't be compared here; that the sequence was taken is enough.
    IF stored.workflow_id IS NULL AND EXISTS (
      SELECT FROM public.intent_archives WHERE workflow_id = NEW.workflow_id AND file IS NOT NULL
    ) THEN
      RETURN NULL;
    END IF;
    IF (stored.organization_id, stored.request_id, stored.previous_state, stored.new_state, stored.kind)
       IS NOT DISTINCT FROM (NEW.organization_id, NEW.request_id, NEW.previous_state, NEW.new_state, NEW.kind)
       AND (NEW.kind <> 'migration' OR stored.graph_version IS NOT DISTINCT FROM NEW.graph_version) THEN
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'intent % already has another transition at sequence %', NEW.workflow_id, NEW.sequence
      USING ERRCODE = 'IE001';
  END IF;

  IF NEW.sequence > intent.sequence + 1 THEN
    RAISE EXCEPTION 'intent % is at sequence %, sequence % leaves a gap', NEW.workflow_id, intent.sequence, NEW.sequence
      USING ERRCODE = 'IE002', HINT = 'Fill the gap with the rows that the workflow''s history yields.';
  END IF;
  IF NEW.organization_id <> intent.organization_id THEN
    RAISE EXCEPTION 'intent % belongs to another organization', NEW.workflow_id USING ERRCODE = 'IE001';
  END IF;

  IF NEW.sequence = 1 THEN
    IF NEW.previous_state IS NOT NULL OR NEW.new_state <> intent.state OR NEW.kind <> 'transition'
       OR NEW.graph_version <> intent.graph_version THEN
      RAISE EXCEPTION 'intent % begins in %, not with % to %',
        NEW.workflow_id, intent.state, coalesce(NEW.previous_state::text, 'null'), NEW.new_state
        USING ERRCODE = 'IE003';
    END IF;
  ELSE
    IF NEW.previous_state IS DISTINCT FROM intent.state THEN
      RAISE EXCEPTION 'intent % is in %, not in %', NEW.workflow_id, intent.state, NEW.previous_state
        USING ERRCODE = 'IE001';
    END IF;
    problem := public.intent_move_problem(
      intent.graph_name, intent.graph_version, coalesce(NEW.graph_version, intent.graph_version), NEW.kind,
      NEW.previous_state, NEW.new_state);
    IF problem IS NOT NULL THEN
      RAISE EXCEPTION '%', problem USING ERRCODE = 'IE003';
    END IF;
    IF NEW.kind = 'reopen' AND (
      EXISTS (SELECT FROM public.intent_archives WHERE workflow_id = NEW.workflow_id)
      OR EXISTS (SELECT FROM public.intent_erasures WHERE workflow_id = NEW.workflow_id)
    ) THEN
      RAISE EXCEPTION 'intent % is archived or erased: it is not reopened', NEW.workflow_id USING ERRCODE = 'IE003';
    END IF;
  END IF;

  NEW.personal_digest := public.intent_personal_digest(intent.personal_salt, NEW);
  NEW.hash := public.intent_audit_hash(intent.audit_hash, NEW);
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION intent_move_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  followed integer;
BEGIN
  IF NEW.kind = 'migration' THEN
    followed := NEW.graph_version;
  END IF;
  UPDATE public.intent_workflows i
     SET state = NEW.new_state,
         sequence = NEW.sequence,
         audit_hash = NEW.hash,
         updated_at = NEW.created_at,
         graph_version = coalesce(followed, i.graph_version),
         first_graph_version = coalesce(i.first_graph_version, CASE WHEN followed IS NOT NULL THEN i.graph_version END),
         ended_at = (
           SELECT NEW.transitioned_at FROM public.workflow_graph_states s
            WHERE s.graph_name = i.graph_name AND s.graph_version = coalesce(followed, i.graph_version)
              AND s.state = NEW.new_state AND s.terminal
         )
   WHERE i.id = NEW.workflow_id;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION intent_check_state_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.sequence = OLD.sequence + 1
     AND (NEW.id, NEW.organization_id, NEW.graph_name, NEW.title, NEW.metadata, NEW.created_by,
          NEW.run_id, NEW.personal_salt, NEW.created_at, NEW.parent_id)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.organization_id, OLD.graph_name, OLD.title, OLD.metadata, OLD.created_by,
          OLD.run_id, OLD.personal_salt, OLD.created_at, OLD.parent_id)
     AND EXISTS (
       SELECT FROM public.workflow_transition_audit a
        WHERE a.workflow_id = NEW.id AND a.sequence = NEW.sequence
          AND a.new_state = NEW.state AND a.hash = NEW.audit_hash
          AND CASE WHEN a.kind = 'migration'
                   THEN NEW.graph_version = a.graph_version
                    AND NEW.first_graph_version = coalesce(OLD.first_graph_version, OLD.graph_version)
                   ELSE NEW.graph_version = OLD.graph_version
                    AND NEW.first_graph_version IS NOT DISTINCT FROM OLD.first_graph_version END
     )
  THEN
    RETURN NEW;
  END IF;
  IF to_jsonb(NEW) = to_jsonb(OLD) || '{"title": null, "metadata": null, "created_by": null, "personal_salt": null}'
     AND EXISTS (SELECT FROM public.intent_erasures WHERE workflow_id = OLD.id) THEN
    RETURN NEW;
  END IF;
  IF public.intent_is_repaired(TG_TABLE_NAME, OLD.id, to_jsonb(OLD)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the state of intent % moves only by an audit row: UPDATE refused', OLD.id
    USING ERRCODE = 'IE004', HINT = 'Request a transition through the engine instead.';
END
$$;

-- ---------------------------------------------------------------------------------------------------------------
-- What the engine calls

DROP FUNCTION intent_create(uuid, uuid, text, text, integer, text, jsonb, text, timestamptz, uuid);

-- Creates an intent with its first audit row, or returns what its workflow created before. What is stored counts:
-- the graph version that was newest then, the time and the salt, which only a restore gives.
-- `p_keeps_version`: whether the row keeps the graph version, which an older worker, or the restore of a row that
-- was written by one, does not ask for.
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
  p_personal_salt uuid DEFAULT NULL,
  p_keeps_version boolean DEFAULT false,
  p_parent_id uuid DEFAULT NULL
) RETURNS TABLE (definition jsonb, transitioned_at timestamptz, hash text, personal_salt uuid, graph_version integer)
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
      (id, organization_id, state, graph_name, graph_version, title, metadata, created_by, run_id, personal_salt,
       parent_id)
    VALUES
      (p_id, p_organization_id, graph.initial_state, graph.name, graph.version, p_title, p_metadata, p_created_by,
       p_run_id, coalesce(p_personal_salt, gen_random_uuid()), p_parent_id)
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
      INSERT INTO workflow_transition_audit
        (workflow_id, organization_id, sequence, request_id, new_state, actor, transitioned_at, graph_version)
      VALUES
        (p_id, p_organization_id, 1, 'creation', graph.initial_state, p_created_by, p_transitioned_at,
         CASE WHEN p_keeps_version THEN graph.version END);
    END IF;
    SELECT * INTO intent FROM intent_workflows WHERE id = p_id;
  END IF;

  IF intent.run_id <> p_run_id OR intent.organization_id <> p_organization_id THEN
    RAISE EXCEPTION 'intent % exists already', p_id USING ERRCODE = 'IE005', HINT = 'Choose another id.';
  END IF;
  RETURN QUERY
    SELECT g.definition, a.transitioned_at, a.hash, intent.personal_salt, a.graph_version
      FROM workflow_graphs g, workflow_transition_audit a
     WHERE g.name = intent.graph_name AND g.version = coalesce(intent.first_graph_version, intent.graph_version)
       AND a.workflow_id = p_id AND a.sequence = 1;
END
$$;

GRANT EXECUTE ON FUNCTION
  intent_create(uuid, uuid, text, text, integer, text, jsonb, text, timestamptz, uuid, boolean, uuid)
  TO intent_engine;
-- Verification asks them as well.
GRANT EXECUTE ON FUNCTION
  intent_move_problem(text, integer, integer, text, workflow_state, workflow_state),
  intent_begins_stay(workflow_transition_audit)
  TO intent_engine, intent_reader;

SELECT intent_close_privileges();
