-- The rules that hold state and trail together, enforced by triggers for every role.
--
-- SQLSTATEs raised here and in 000003 and 000004, class IE:
--   IE001  contradiction: the row exists already with other content, or contradicts the rows before it
--   IE002  gap: rows that must come before it are missing
--   IE003  the registered graph has no such edge
--   IE004  append-only: this table takes no such UPDATE, DELETE or TRUNCATE, a registered graph no INSERT either
--   IE005  an intent of this id exists already, created by another workflow
--   IE006  the graph is not registered
--   IE007  the intent has not ended, so nothing of it may be archived or erased

-- ---------------------------------------------------------------------------------------------------------------
-- The hash chain

-- What is said about people stands in the chain as a digest only, so that it can be erased and the chain still be
-- checked. A JSON array as Postgres prints jsonb; the salt keeps anyone from finding erased words by trying them.
CREATE FUNCTION intent_personal_digest(salt uuid, audit workflow_transition_audit) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(jsonb_build_array(
  salt,
  audit.sequence,
  audit.transition_reason,
  audit.actor,
  audit.metadata
)::text, 'UTF8')), 'hex');

-- Stable text of everything an audit row claims. Anyone can compute it again, in SQL or elsewhere: a JSON array
-- as Postgres prints jsonb, times as UTC with microseconds.
CREATE FUNCTION intent_audit_canonical(audit workflow_transition_audit) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_array(
  audit.workflow_id,
  audit.organization_id,
  audit.sequence,
  audit.request_id,
  audit.previous_state,
  audit.new_state,
  audit.personal_digest,
  to_char(audit.transitioned_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
)::text;

CREATE FUNCTION intent_audit_hash(previous_hash text, audit workflow_transition_audit) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(coalesce(previous_hash, '') || intent_audit_canonical(audit), 'UTF8')), 'hex');

-- ---------------------------------------------------------------------------------------------------------------
-- The rules

CREATE FUNCTION intent_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'IE004', HINT = 'Request a transition through the engine instead.';
END
$$;

-- A row of the trail changes or goes in three cases only. Each is recorded first, where nothing can be taken away:
--   erased    what it says about people goes; the argument says what is left in its place
--   repaired  its content was kept as evidence, in this transaction
--   archived  its copy is in the archive
CREATE FUNCTION intent_check_row_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  was jsonb := to_jsonb(OLD);
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) = was || TG_ARGV[0]::jsonb
     AND EXISTS (SELECT FROM public.intent_erasures WHERE workflow_id = OLD.workflow_id) THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' AND (
    public.intent_is_repaired(TG_TABLE_NAME, OLD.workflow_id, was)
    OR public.intent_is_archived(TG_TABLE_NAME, OLD.workflow_id, was)
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'IE004', HINT = 'Request a transition through the engine instead.';
END
$$;

-- Whether a row, as it is, has been kept as evidence by the transaction that asks.
CREATE FUNCTION intent_is_repaired(p_table_name text, p_workflow_id uuid, p_row jsonb) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
  SELECT FROM workflow_transition_repairs r
   WHERE r.workflow_id = p_workflow_id AND r.table_name = p_table_name AND r.stored = p_row
     AND r.xmin = pg_current_xact_id()::xid
);

-- Nothing of an intent that goes on may be archived or erased.
CREATE FUNCTION intent_check_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.intent_workflows WHERE id = NEW.workflow_id AND ended_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'intent % has not ended: % into % refused', NEW.workflow_id, TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'IE007', HINT = 'Take it to a terminal state first.';
  END IF;
  RETURN NEW;
END
$$;

-- A file is written anew when something in it is erased; its intents then name the new one.
CREATE FUNCTION intent_check_refiling() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - 'file' = to_jsonb(OLD) - 'file' AND num_nulls(NEW.file, OLD.file) = 0 THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'IE004';
END
$$;

-- A registered graph never changes, so states and edges come with it, in its transaction, and not later.
CREATE FUNCTION intent_check_graph_part() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  closed text;
BEGIN
  SELECT format('%s@%s', g.name, g.version) INTO closed
    FROM added a JOIN public.workflow_graphs g ON (g.name, g.version) = (a.graph_name, a.graph_version)
   WHERE g.xmin <> pg_current_xact_id()::xid
   LIMIT 1;
  IF closed IS NOT NULL THEN
    RAISE EXCEPTION 'graph % is registered and never changes: % into % refused', closed, TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'IE004', HINT = 'Register a new version with: intent graph register FILE';
  END IF;
  RETURN NULL;
END
$$;

-- Judges an audit row before it is stored. An insert that is repeated exactly is skipped, so that a retried
-- activity is harmless. Runs as the owner: the engine may insert audit rows but not lock or update intents.
CREATE FUNCTION intent_check_audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  intent public.intent_workflows;
  stored public.workflow_transition_audit;
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
    IF (stored.organization_id, stored.request_id, stored.previous_state, stored.new_state)
       IS NOT DISTINCT FROM (NEW.organization_id, NEW.request_id, NEW.previous_state, NEW.new_state) THEN
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
    IF NEW.previous_state IS NOT NULL OR NEW.new_state <> intent.state THEN
      RAISE EXCEPTION 'intent % begins in %, not with % to %',
        NEW.workflow_id, intent.state, coalesce(NEW.previous_state::text, 'null'), NEW.new_state
        USING ERRCODE = 'IE003';
    END IF;
  ELSE
    IF NEW.previous_state IS DISTINCT FROM intent.state THEN
      RAISE EXCEPTION 'intent % is in %, not in %', NEW.workflow_id, intent.state, NEW.previous_state
        USING ERRCODE = 'IE001';
    END IF;
    IF NOT EXISTS (
      SELECT FROM public.workflow_graph_edges
       WHERE graph_name = intent.graph_name AND graph_version = intent.graph_version
         AND from_state = NEW.previous_state AND to_state = NEW.new_state
    ) THEN
      RAISE EXCEPTION 'graph %@% has no edge from % to %',
        intent.graph_name, intent.graph_version, NEW.previous_state, NEW.new_state
        USING ERRCODE = 'IE003';
    END IF;
  END IF;

  NEW.personal_digest := public.intent_personal_digest(intent.personal_salt, NEW);
  NEW.hash := public.intent_audit_hash(intent.audit_hash, NEW);
  RETURN NEW;
END
$$;

CREATE FUNCTION intent_move_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  UPDATE public.intent_workflows i
     SET state = NEW.new_state,
         sequence = NEW.sequence,
         audit_hash = NEW.hash,
         updated_at = NEW.created_at,
         ended_at = (
           SELECT NEW.transitioned_at FROM public.workflow_graph_states s
            WHERE s.graph_name = i.graph_name AND s.graph_version = i.graph_version
              AND s.state = NEW.new_state AND s.terminal
         )
   WHERE i.id = NEW.workflow_id;
  RETURN NULL;
END
$$;

-- The UPDATE that an intent takes is the move that its next audit row says, whoever sends it. Otherwise only what an
-- erasure or a repair has recorded first.
CREATE FUNCTION intent_check_state_move() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.sequence = OLD.sequence + 1
     AND (NEW.id, NEW.organization_id, NEW.graph_name, NEW.graph_version, NEW.title, NEW.metadata, NEW.created_by,
          NEW.run_id, NEW.personal_salt, NEW.created_at)
         IS NOT DISTINCT FROM
         (OLD.id, OLD.organization_id, OLD.graph_name, OLD.graph_version, OLD.title, OLD.metadata, OLD.created_by,
          OLD.run_id, OLD.personal_salt, OLD.created_at)
     AND EXISTS (
       SELECT FROM public.workflow_transition_audit a
        WHERE a.workflow_id = NEW.id AND a.sequence = NEW.sequence
          AND a.new_state = NEW.state AND a.hash = NEW.audit_hash
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

CREATE FUNCTION intent_check_new_intent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NEW.sequence <> 0 OR NEW.audit_hash IS NOT NULL OR NEW.ended_at IS NOT NULL
     OR NEW.state IS DISTINCT FROM (
       SELECT initial_state FROM public.workflow_graphs WHERE name = NEW.graph_name AND version = NEW.graph_version
     )
  THEN
    RAISE EXCEPTION 'intent % must begin before its first audit row, in the initial state of %@%',
      NEW.id, NEW.graph_name, NEW.graph_version USING ERRCODE = 'IE003';
  END IF;
  RETURN NEW;
END
$$;

-- Deferred to the commit: by then the creation's audit row must be there.
CREATE FUNCTION intent_check_creation_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.workflow_transition_audit WHERE workflow_id = NEW.id AND sequence = 1
  ) THEN
    RAISE EXCEPTION 'intent % has no audit row for its creation', NEW.id USING ERRCODE = 'IE002';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER check_part AFTER INSERT ON workflow_graph_states
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION intent_check_graph_part();
CREATE TRIGGER check_part AFTER INSERT ON workflow_graph_edges
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION intent_check_graph_part();

CREATE TRIGGER check_row BEFORE INSERT ON workflow_transition_audit
  FOR EACH ROW EXECUTE FUNCTION intent_check_audit_row();
CREATE TRIGGER move_state AFTER INSERT ON workflow_transition_audit
  FOR EACH ROW EXECUTE FUNCTION intent_move_state();

CREATE TRIGGER check_new BEFORE INSERT ON intent_workflows
  FOR EACH ROW EXECUTE FUNCTION intent_check_new_intent();
CREATE TRIGGER check_move BEFORE UPDATE ON intent_workflows
  FOR EACH ROW EXECUTE FUNCTION intent_check_state_move();
CREATE CONSTRAINT TRIGGER check_creation_row AFTER INSERT ON intent_workflows
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION intent_check_creation_row();

CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON intent_workflows
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_audit
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"transition_reason": null, "actor": null, "metadata": null}');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_rejections
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"message": "erased", "requested_state": null, "transition_reason": null, "actor": null}');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_conflicts
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"attempted": "erased", "stored": null}');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_repairs
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"stored": "erased"}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_audit
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_rejections
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_conflicts
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_repairs
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

CREATE TRIGGER check_ended BEFORE INSERT ON intent_erasures
  FOR EACH ROW EXECUTE FUNCTION intent_check_ended();
CREATE TRIGGER check_ended BEFORE INSERT ON intent_archives
  FOR EACH ROW EXECUTE FUNCTION intent_check_ended();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intent_erasures
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_refiling BEFORE UPDATE ON intent_archives
  FOR EACH ROW EXECUTE FUNCTION intent_check_refiling();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON intent_archives
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intent_archive_files
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_graphs
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_graph_states
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON workflow_graph_edges
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

SELECT intent_close_privileges();
