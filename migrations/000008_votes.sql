-- Votes for edges that need approvals. Each is a row of its own; the transition that the last one completes is stored
-- with it, and only where enough of them are stored.

CREATE TABLE workflow_transition_votes (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  kind text NOT NULL CHECK (kind IN ('cast', 'expired')),
  request_id text NOT NULL,
  entry integer NOT NULL CHECK (entry >= 1),
  from_state workflow_state NOT NULL,
  to_state workflow_state NOT NULL,
  graph_version integer NOT NULL,
  role text NOT NULL,
  actor text,
  on_behalf_of text,
  reason text,
  metadata jsonb,
  expires integer,
  votes integer NOT NULL,
  needed integer NOT NULL,
  voted_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workflow_id, number),
  FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows (id, organization_id),
  CHECK ((kind = 'expired') = (expires IS NOT NULL))
);
-- An id that was answered long ago may be used again, so it is not unique.
CREATE INDEX idx_workflow_transition_votes_request ON workflow_transition_votes (workflow_id, request_id, number DESC);
COMMENT ON TABLE workflow_transition_votes IS
  'One row a vote for an edge that needs approvals, and one for each vote that expired; append-only.';
COMMENT ON COLUMN workflow_transition_votes.number IS 'Position among the intent''s votes, from 1.';
COMMENT ON COLUMN workflow_transition_votes.entry IS
  'Sequence of the audit row that led into from_state: a vote counts for this stay only.';
COMMENT ON COLUMN workflow_transition_votes.graph_version IS 'Version of the intent''s graph that the vote was judged by.';
COMMENT ON COLUMN workflow_transition_votes.expires IS 'Number of the vote that no longer counts; null for one that was cast.';
COMMENT ON COLUMN workflow_transition_votes.votes IS 'How many counted for the edge after this row.';
COMMENT ON COLUMN workflow_transition_votes.needed IS 'How many the edge needs.';

CREATE TABLE workflow_transition_votes_archive (
  LIKE workflow_transition_votes,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (workflow_id, number, ended_at)
) PARTITION BY RANGE (ended_at);
CREATE INDEX idx_workflow_transition_votes_archive_request
  ON workflow_transition_votes_archive (workflow_id, request_id, number DESC);
COMMENT ON TABLE workflow_transition_votes_archive IS
  'Votes of intents that have ended, moved from workflow_transition_votes.';

ALTER TABLE intent_archives ADD COLUMN votes integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN intent_archives.votes IS 'How many votes were archived.';

CREATE VIEW workflow_transition_votes_all WITH (security_invoker = true) AS
  SELECT workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state, graph_version, role, actor,
         on_behalf_of, reason, metadata, expires, votes, needed, voted_at, created_at
    FROM workflow_transition_votes
  UNION ALL
  SELECT workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state, graph_version, role, actor,
         on_behalf_of, reason, metadata, expires, votes, needed, voted_at, created_at
    FROM workflow_transition_votes_archive;
COMMENT ON VIEW workflow_transition_votes_all IS 'Votes, the archived ones included, but for those in files.';

-- ---------------------------------------------------------------------------------------------------------------
-- The rules

-- Judges a vote before it is stored, by what can't change any more: the audit row that began the stay, the registered
-- graph, and, for one that expired, the vote itself.
CREATE FUNCTION intent_check_vote() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  intent public.intent_workflows;
  entered public.workflow_transition_audit;
  rule jsonb;
BEGIN
  -- A vote that is recorded again after its intent was archived.
  IF EXISTS (
    SELECT FROM public.intent_archives x WHERE x.workflow_id = NEW.workflow_id AND x.votes >= NEW.number
  ) THEN
    RETURN NULL;
  END IF;
  SELECT * INTO intent FROM public.intent_workflows WHERE id = NEW.workflow_id;
  entered := public.intent_find_audit_row(NEW.workflow_id, NEW.entry);
  IF entered.workflow_id IS NULL THEN
    RAISE EXCEPTION 'vote % of intent % is for a stay that begins with row %, which is missing',
      NEW.number, NEW.workflow_id, NEW.entry USING ERRCODE = 'IE002';
  END IF;
  IF entered.new_state <> NEW.from_state THEN
    RAISE EXCEPTION 'vote % of intent % is cast in %, row % led to %',
      NEW.number, NEW.workflow_id, NEW.from_state, NEW.entry, entered.new_state USING ERRCODE = 'IE001';
  END IF;
  rule := public.intent_approval_rule(intent.graph_name, NEW.graph_version, NEW.from_state, NEW.to_state);
  IF rule IS NULL OR NOT rule -> 'roles' ? NEW.role THEN
    RAISE EXCEPTION 'graph %@% has no vote of % on % to %',
      intent.graph_name, NEW.graph_version, NEW.role, NEW.from_state, NEW.to_state USING ERRCODE = 'IE003';
  END IF;
  IF NEW.kind = 'expired' AND NOT EXISTS (
    SELECT FROM public.workflow_transition_votes v
     WHERE v.workflow_id = NEW.workflow_id AND v.number = NEW.expires AND v.kind = 'cast'
       AND (v.entry, v.to_state, v.role) = (NEW.entry, NEW.to_state, NEW.role)
  ) THEN
    RAISE EXCEPTION 'vote % of intent % expires vote %, which is missing', NEW.number, NEW.workflow_id, NEW.expires
      USING ERRCODE = 'IE002';
  END IF;
  RETURN NEW;
END
$$;

-- The approvals that a version of a graph asks for on an edge; null where it asks for none.
CREATE FUNCTION intent_approval_rule(
  p_graph_name text,
  p_graph_version integer,
  p_from workflow_state,
  p_to workflow_state
) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
  SELECT rule
    FROM workflow_graphs g, jsonb_array_elements(g.definition -> 'approvals') rule
   WHERE g.name = p_graph_name AND g.version = p_graph_version
     AND rule ->> 'from' = p_from::text AND rule ->> 'to' = p_to::text
);

-- Why the stored votes do not carry a row of kind approval; null: they do. `p_sequence` is that of the row.
CREATE FUNCTION intent_votes_problem(
  p_workflow_id uuid,
  p_sequence integer,
  p_graph_name text,
  p_graph_version integer,
  p_from workflow_state,
  p_to workflow_state
) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  rule jsonb := intent_approval_rule(p_graph_name, p_graph_version, p_from, p_to);
  begun integer;
  counted integer;
  roles integer;
BEGIN
  IF rule IS NULL THEN
    RETURN format('graph %s@%s asks for no votes from %s to %s', p_graph_name, p_graph_version, p_from, p_to);
  END IF;
  SELECT a.sequence INTO begun FROM workflow_transition_audit a
   WHERE a.workflow_id = p_workflow_id AND a.sequence < p_sequence AND intent_begins_stay(a)
   ORDER BY a.sequence DESC LIMIT 1;
  SELECT count(*), count(DISTINCT v.role) INTO counted, roles
    FROM workflow_transition_votes v
   WHERE v.workflow_id = p_workflow_id AND v.kind = 'cast' AND v.entry = begun
     AND v.from_state = p_from AND v.to_state = p_to
     AND NOT EXISTS (SELECT FROM workflow_transition_votes e
                      WHERE e.workflow_id = p_workflow_id AND e.kind = 'expired' AND e.expires = v.number);
  IF coalesce((rule ->> 'distinctRoles')::boolean, false) THEN
    counted := roles;
  END IF;
  RETURN CASE WHEN counted < (rule ->> 'count')::integer
              THEN format('%s of the %s votes from %s to %s are stored', counted, rule ->> 'count', p_from, p_to) END;
END
$$;

-- Fires after check_row, which has judged the edge, and let a row that is repeated go.
CREATE FUNCTION intent_check_votes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  intent public.intent_workflows;
  problem text;
BEGIN
  SELECT * INTO intent FROM public.intent_workflows WHERE id = NEW.workflow_id;
  problem := public.intent_votes_problem(
    NEW.workflow_id, NEW.sequence, intent.graph_name, coalesce(NEW.graph_version, intent.graph_version),
    NEW.previous_state, NEW.new_state);
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'IE003';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION intent_is_archived(p_table_name text, p_workflow_id uuid, p_row jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
  archived intent_archives;
BEGIN
  SELECT * INTO archived FROM intent_archives x WHERE x.workflow_id = p_workflow_id;
  IF NOT FOUND THEN
    RETURN false;
  ELSIF p_table_name = 'workflow_transition_audit' THEN
    RETURN (p_row ->> 'sequence')::integer <= archived.transitions AND (
      archived.file IS NOT NULL OR EXISTS (
        SELECT FROM workflow_transition_audit_archive a
         WHERE a.workflow_id = p_workflow_id AND a.ended_at = archived.ended_at
           AND a.sequence = (p_row ->> 'sequence')::integer AND to_jsonb(a) - 'ended_at' = p_row));
  ELSIF p_table_name = 'workflow_transition_rejections' THEN
    RETURN (p_row ->> 'number')::integer <= archived.rejections AND (
      archived.file IS NOT NULL OR EXISTS (
        SELECT FROM workflow_transition_rejections_archive a
         WHERE a.workflow_id = p_workflow_id AND a.ended_at = archived.ended_at
           AND a.number = (p_row ->> 'number')::integer AND to_jsonb(a) - 'ended_at' = p_row));
  ELSIF p_table_name = 'workflow_transition_votes' THEN
    RETURN (p_row ->> 'number')::integer <= archived.votes AND (
      archived.file IS NOT NULL OR EXISTS (
        SELECT FROM workflow_transition_votes_archive a
         WHERE a.workflow_id = p_workflow_id AND a.ended_at = archived.ended_at
           AND a.number = (p_row ->> 'number')::integer AND to_jsonb(a) - 'ended_at' = p_row));
  END IF;
  RETURN false;
END
$$;

CREATE OR REPLACE FUNCTION intent_check_archived_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  copied jsonb := to_jsonb(NEW) - 'ended_at';
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.intent_archives x
     WHERE x.workflow_id = NEW.workflow_id AND x.ended_at = NEW.ended_at AND x.file IS NULL
  ) OR NOT (CASE TG_ARGV[0]
    WHEN 'audit' THEN EXISTS (
      SELECT FROM public.workflow_transition_audit a
       WHERE a.workflow_id = NEW.workflow_id AND a.sequence = (copied ->> 'sequence')::integer
         AND to_jsonb(a) = copied)
    WHEN 'votes' THEN EXISTS (
      SELECT FROM public.workflow_transition_votes v
       WHERE v.workflow_id = NEW.workflow_id AND v.number = (copied ->> 'number')::integer
         AND to_jsonb(v) = copied)
    ELSE EXISTS (
      SELECT FROM public.workflow_transition_rejections r
       WHERE r.workflow_id = NEW.workflow_id AND r.number = (copied ->> 'number')::integer
         AND to_jsonb(r) = copied)
  END) THEN
    RAISE EXCEPTION 'the archive takes copies of rows of intents that are being archived: % refused', TG_OP
      USING ERRCODE = 'IE004', HINT = 'Archive with: intent archive';
  END IF;
  RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION intent_add_archive_partition(p_ended_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', p_ended_at, 'UTC');
  parent text;
  partition text;
  unsampled name;
BEGIN
  FOREACH parent IN ARRAY ARRAY['workflow_transition_audit_archive', 'workflow_transition_rejections_archive',
                                'workflow_transition_votes_archive'] LOOP
    partition := parent || to_char(month AT TIME ZONE 'UTC', '_YYYY_MM');
    CONTINUE WHEN to_regclass(format('intent_archive.%I', partition)) IS NOT NULL;
    EXECUTE format('CREATE TABLE intent_archive.%I (LIKE public.%I INCLUDING INDEXES)', partition, parent);
    EXECUTE format('ALTER TABLE intent_archive.%I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format(
      'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON intent_archive.%I
         FOR EACH STATEMENT EXECUTE FUNCTION public.intent_refuse_change()', partition);
    FOR unsampled IN
      SELECT attname FROM pg_attribute WHERE attrelid = parent::regclass AND attnum > 0 AND attstattarget = 0
    LOOP
      EXECUTE format('ALTER TABLE intent_archive.%I ALTER %I SET STATISTICS 0', partition, unsampled);
    END LOOP;
    EXECUTE format(
      'ALTER TABLE public.%I ATTACH PARTITION intent_archive.%I FOR VALUES FROM (%L) TO (%L)',
      parent, partition, month, (month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
  END LOOP;
END
$$;

CREATE OR REPLACE FUNCTION intent_erase(p_workflow_id uuid, p_reason text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO intent_erasures (workflow_id, organization_id, reason)
  SELECT id, organization_id, p_reason FROM intent_workflows WHERE id = p_workflow_id
  ON CONFLICT (workflow_id) DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE intent_workflows SET title = NULL, metadata = NULL, created_by = NULL, personal_salt = NULL
   WHERE id = p_workflow_id;
  UPDATE workflow_transition_audit SET transition_reason = NULL, actor = NULL, metadata = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_audit_archive SET transition_reason = NULL, actor = NULL, metadata = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_rejections
     SET message = 'erased', requested_state = NULL, transition_reason = NULL, actor = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_rejections_archive
     SET message = 'erased', requested_state = NULL, transition_reason = NULL, actor = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_votes SET actor = NULL, on_behalf_of = NULL, reason = NULL, metadata = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_votes_archive SET actor = NULL, on_behalf_of = NULL, reason = NULL, metadata = NULL
   WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_conflicts SET attempted = '"erased"', stored = NULL WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_repairs SET stored = '"erased"' WHERE workflow_id = p_workflow_id;
  RETURN true;
END
$$;

CREATE TRIGGER check_vote BEFORE INSERT ON workflow_transition_votes
  FOR EACH ROW EXECUTE FUNCTION intent_check_vote();
CREATE TRIGGER check_votes BEFORE INSERT ON workflow_transition_audit
  FOR EACH ROW WHEN (NEW.kind = 'approval') EXECUTE FUNCTION intent_check_votes();
CREATE TRIGGER check_copy BEFORE INSERT ON workflow_transition_votes_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('votes');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_votes
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"actor": null, "on_behalf_of": null, "reason": null, "metadata": null}');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_votes_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"actor": null, "on_behalf_of": null, "reason": null, "metadata": null}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_votes
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_votes_archive
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

-- ---------------------------------------------------------------------------------------------------------------
-- What the engine calls

-- Stores a vote once, however often it is asked.
CREATE FUNCTION intent_record_vote(p_workflow_id uuid, p_organization_id uuid, p_vote jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  vote record;
BEGIN
  SELECT * INTO vote FROM jsonb_to_record(p_vote) AS v (
    number integer, kind text, "requestId" text, entry integer, "fromState" workflow_state, "toState" workflow_state,
    "graphVersion" integer, role text, actor text, "onBehalfOf" text, reason text, metadata jsonb, expires integer,
    votes integer, needed integer, "votedAt" timestamptz
  );
  INSERT INTO workflow_transition_votes
    (workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state, graph_version, role, actor,
     on_behalf_of, reason, metadata, expires, votes, needed, voted_at)
  VALUES
    (p_workflow_id, p_organization_id, vote.number, vote.kind, vote."requestId", vote.entry, vote."fromState",
     vote."toState", vote."graphVersion", vote.role, vote.actor, vote."onBehalfOf", vote.reason, vote.metadata,
     vote.expires, vote.votes, vote.needed, vote."votedAt")
  ON CONFLICT (workflow_id, number) DO NOTHING;
  -- What the archive has already is skipped, too.
  IF NOT FOUND AND NOT EXISTS (
    SELECT FROM workflow_transition_votes v
     WHERE v.workflow_id = p_workflow_id AND v.number = vote.number
       AND (v.request_id, v.kind, v.entry, v.to_state) = (vote."requestId", vote.kind, vote.entry, vote."toState")
  ) AND NOT EXISTS (
    SELECT FROM intent_archives x WHERE x.workflow_id = p_workflow_id AND x.votes >= vote.number
  ) THEN
    RAISE EXCEPTION 'intent % already has another vote at number %', p_workflow_id, vote.number
      USING ERRCODE = 'IE001';
  END IF;
END
$$;

DROP FUNCTION intent_record_outcomes(uuid, uuid, jsonb);

-- Records decisions in their order, and returns what is stored for each transition among them. Repeated calls,
-- also at the same time, store every decision once.
CREATE FUNCTION intent_record_outcomes(p_workflow_id uuid, p_organization_id uuid, p_decisions jsonb)
RETURNS TABLE (sequence integer, transitioned_at timestamptz, hash text, graph_version integer)
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
      "transitionedAt" timestamptz, kind text, "graphVersion" integer,
      number integer, code text, message text, state workflow_state, "requestedState" text,
      "rejectedAt" timestamptz, vote jsonb
    )
  LOOP
    -- Before the transition that it completes, which is refused without it.
    IF decision.vote IS NOT NULL THEN
      PERFORM intent_record_vote(p_workflow_id, p_organization_id, decision.vote);
    END IF;
    IF decision.status = 'applied' THEN
      INSERT INTO workflow_transition_audit
        (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at, kind, graph_version)
      VALUES
        (p_workflow_id, p_organization_id, decision.sequence, decision."requestId", decision."previousState",
         decision."newState", decision.reason, decision.actor, decision.metadata, decision."transitionedAt",
         coalesce(decision.kind, 'transition'), decision."graphVersion");
    ELSIF decision.status = 'rejected' THEN
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
    SELECT a.sequence, a.transitioned_at, a.hash, a.graph_version
      FROM workflow_transition_audit a
     WHERE a.workflow_id = p_workflow_id
       AND a.sequence IN (SELECT (d ->> 'sequence')::integer FROM jsonb_array_elements(p_decisions) d)
     ORDER BY a.sequence;
  -- An activity that is tried again after its rows were archived: for a file, the head is all that is left here.
  IF EXISTS (SELECT FROM intent_archives x WHERE x.workflow_id = p_workflow_id) THEN
    RETURN QUERY
      SELECT s.sequence, coalesce(a.transitioned_at, i.ended_at), coalesce(a.hash, i.audit_hash),
             CASE WHEN a.hash IS NULL THEN s.version ELSE a.graph_version END
        FROM intent_workflows i,
             (SELECT (d ->> 'sequence')::integer AS sequence, (d ->> 'graphVersion')::integer AS version
                FROM jsonb_array_elements(p_decisions) d) s
       CROSS JOIN LATERAL intent_find_audit_row(p_workflow_id, s.sequence) a
       WHERE i.id = p_workflow_id AND s.sequence IS NOT NULL
         AND (a.hash IS NOT NULL OR s.sequence = i.sequence)
         AND NOT EXISTS (SELECT FROM workflow_transition_audit live
                          WHERE live.workflow_id = p_workflow_id AND live.sequence = s.sequence)
       ORDER BY s.sequence;
  END IF;
END
$$;

GRANT EXECUTE ON FUNCTION
  intent_record_outcomes(uuid, uuid, jsonb),
  intent_record_vote(uuid, uuid, jsonb)
  TO intent_engine;
-- Verification asks it as well.
GRANT EXECUTE ON FUNCTION intent_approval_rule(text, integer, workflow_state, workflow_state)
  TO intent_engine, intent_reader;

-- ---------------------------------------------------------------------------------------------------------------
-- Who may what

ALTER TABLE workflow_transition_votes ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_votes_archive ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON workflow_transition_votes FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON workflow_transition_votes FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_votes_archive FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_votes FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON workflow_transition_votes_archive FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));

GRANT SELECT ON workflow_transition_votes, workflow_transition_votes_archive, workflow_transition_votes_all
  TO intent_engine, intent_reader;
GRANT INSERT ON workflow_transition_votes TO intent_engine;
GRANT SELECT (votes) ON intent_archives TO intent_reader;

-- As for the other tables: nobody may ask the estimates of EXPLAIN what other organizations wrote.
ALTER TABLE workflow_transition_votes
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER role SET STATISTICS 0,
  ALTER actor SET STATISTICS 0,
  ALTER on_behalf_of SET STATISTICS 0,
  ALTER reason SET STATISTICS 0,
  ALTER metadata SET STATISTICS 0;
ALTER TABLE workflow_transition_votes_archive
  ALTER organization_id SET STATISTICS 0,
  ALTER request_id SET STATISTICS 0,
  ALTER role SET STATISTICS 0,
  ALTER actor SET STATISTICS 0,
  ALTER on_behalf_of SET STATISTICS 0,
  ALTER reason SET STATISTICS 0,
  ALTER metadata SET STATISTICS 0;

SELECT intent_close_privileges();
