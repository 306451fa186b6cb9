-- Where finished intents' rows go, and how what they say about people is erased.
--
-- Archived rows stand in tables of their own, partitioned by the month in which the intent ended, or in files. The
-- intent's row stays where it is, with state, sequence and hash of the head.

-- Partitions are no business of anybody but the owner: they are reached through the tables.
CREATE SCHEMA intent_archive;

CREATE TABLE workflow_transition_audit_archive (
  LIKE workflow_transition_audit,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (workflow_id, sequence, ended_at)
) PARTITION BY RANGE (ended_at);
CREATE INDEX idx_workflow_transition_audit_archive_request
  ON workflow_transition_audit_archive (workflow_id, request_id);
COMMENT ON TABLE workflow_transition_audit_archive IS
  'Audit rows of intents that have ended, moved from workflow_transition_audit.';
COMMENT ON COLUMN workflow_transition_audit_archive.ended_at IS 'When the intent ended: decides the partition.';

CREATE TABLE workflow_transition_rejections_archive (
  LIKE workflow_transition_rejections,
  ended_at timestamptz NOT NULL,
  PRIMARY KEY (workflow_id, number, ended_at)
) PARTITION BY RANGE (ended_at);
CREATE INDEX idx_workflow_transition_rejections_archive_request
  ON workflow_transition_rejections_archive (workflow_id, request_id, number DESC);
COMMENT ON TABLE workflow_transition_rejections_archive IS
  'Rejections of intents that have ended, moved from workflow_transition_rejections.';

ALTER TABLE workflow_transition_audit_archive ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_transition_rejections_archive ENABLE ROW LEVEL SECURITY;

-- Everything that there is, wherever in the database it stands. Whoever reads them sees what row level security of
-- the tables lets through.
CREATE VIEW workflow_transition_audit_all WITH (security_invoker = true) AS
  SELECT workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at, created_at, personal_digest, hash
    FROM workflow_transition_audit
  UNION ALL
  SELECT workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor,
         metadata, transitioned_at, created_at, personal_digest, hash
    FROM workflow_transition_audit_archive;
COMMENT ON VIEW workflow_transition_audit_all IS 'Audit rows, the archived ones included, but for those in files.';

CREATE VIEW workflow_transition_rejections_all WITH (security_invoker = true) AS
  SELECT workflow_id, organization_id, number, request_id, code, message, state, requested_state, transition_reason,
         actor, rejected_at, created_at
    FROM workflow_transition_rejections
  UNION ALL
  SELECT workflow_id, organization_id, number, request_id, code, message, state, requested_state, transition_reason,
         actor, rejected_at, created_at
    FROM workflow_transition_rejections_archive;
COMMENT ON VIEW workflow_transition_rejections_all IS
  'Rejections, the archived ones included, but for those in files.';

-- The stored row of a sequence, archived or not; null where there is none in the database.
CREATE FUNCTION intent_find_audit_row(p_workflow_id uuid, p_sequence integer) RETURNS workflow_transition_audit
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found_row workflow_transition_audit;
BEGIN
  SELECT * INTO found_row FROM workflow_transition_audit a
   WHERE a.workflow_id = p_workflow_id AND a.sequence = p_sequence;
  IF NOT FOUND THEN
    SELECT a.* INTO found_row FROM workflow_transition_audit_all a
     WHERE a.workflow_id = p_workflow_id AND a.sequence = p_sequence;
  END IF;
  RETURN found_row;
END
$$;

-- Whether the archive has a row, as it is. A file is trusted to hold what the record of it counts.
CREATE FUNCTION intent_is_archived(p_table_name text, p_workflow_id uuid, p_row jsonb) RETURNS boolean
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
  END IF;
  RETURN false;
END
$$;

-- Only copies of what stands in the trail get into the archive.
CREATE FUNCTION intent_check_archived_row() RETURNS trigger
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

-- A rejection that is recorded again after its intent was archived.
CREATE FUNCTION intent_skip_archived_rejection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM public.intent_archives x WHERE x.workflow_id = NEW.workflow_id AND x.rejections >= NEW.number
  ) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$$;

CREATE TRIGGER skip_archived BEFORE INSERT ON workflow_transition_rejections
  FOR EACH ROW EXECUTE FUNCTION intent_skip_archived_rejection();
CREATE TRIGGER check_copy BEFORE INSERT ON workflow_transition_audit_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('audit');
CREATE TRIGGER check_copy BEFORE INSERT ON workflow_transition_rejections_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('rejections');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_audit_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"transition_reason": null, "actor": null, "metadata": null}');
CREATE TRIGGER check_change BEFORE UPDATE OR DELETE ON workflow_transition_rejections_archive
  FOR EACH ROW EXECUTE FUNCTION intent_check_row_change(
    '{"message": "erased", "requested_state": null, "transition_reason": null, "actor": null}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_audit_archive
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON workflow_transition_rejections_archive
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

-- Makes the partitions for the month in which an intent ended. Attached, not made in place: then nobody who reads
-- the archive has to wait.
CREATE FUNCTION intent_add_archive_partition(p_ended_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  month timestamptz := date_trunc('month', p_ended_at, 'UTC');
  parent text;
  partition text;
  unsampled name;
BEGIN
  FOREACH parent IN ARRAY ARRAY['workflow_transition_audit_archive', 'workflow_transition_rejections_archive'] LOOP
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

-- Erases what the rows of an intent say about people, and the salt, so that no digest can be tried. States, times,
-- request ids and every hash stay, and the chain can be checked as before.
CREATE FUNCTION intent_erase(p_workflow_id uuid, p_reason text) RETURNS boolean
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
  UPDATE workflow_transition_conflicts SET attempted = '"erased"', stored = NULL WHERE workflow_id = p_workflow_id;
  UPDATE workflow_transition_repairs SET stored = '"erased"' WHERE workflow_id = p_workflow_id;
  RETURN true;
END
$$;

SELECT intent_close_privileges();
