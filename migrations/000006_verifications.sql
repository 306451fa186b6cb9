-- What became of each scheduled verification. One row a run, append-only. It spans organizations, so readers, who see
-- one organization, see nothing of it.

CREATE TABLE intent_verifications (
  run_id text PRIMARY KEY,
  mode text NOT NULL CHECK (mode IN ('sql', 'fast', 'full')),
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  intents integer NOT NULL CHECK (intents >= 0),
  witnessed integer NOT NULL CHECK (witnessed >= 0),
  forgotten integer NOT NULL CHECK (forgotten >= 0),
  filed integer NOT NULL CHECK (filed >= 0),
  unchecked integer NOT NULL CHECK (unchecked >= 0),
  findings jsonb NOT NULL CHECK (jsonb_typeof(findings) = 'object'),
  samples jsonb NOT NULL CHECK (jsonb_typeof(samples) = 'array'),
  failure text,
  complete boolean NOT NULL GENERATED ALWAYS AS (failure IS NULL) STORED,
  clean boolean NOT NULL GENERATED ALWAYS AS (failure IS NULL AND unchecked = 0 AND findings = '{}'::jsonb) STORED
);
CREATE INDEX idx_intent_verifications_finished ON intent_verifications (finished_at DESC);
COMMENT ON TABLE intent_verifications IS 'One row a scheduled verification, append-only.';
COMMENT ON COLUMN intent_verifications.run_id IS 'Temporal run of the verification: however often it is tried, it has one row.';
COMMENT ON COLUMN intent_verifications.intents IS 'Intents that were looked at.';
COMMENT ON COLUMN intent_verifications.witnessed IS 'Of these, compared with Temporal.';
COMMENT ON COLUMN intent_verifications.forgotten IS 'Of these, deleted by Temporal''s retention: only Postgres speaks for them.';
COMMENT ON COLUMN intent_verifications.filed IS 'Of these, in archive files, which a scheduled verification does not read.';
COMMENT ON COLUMN intent_verifications.unchecked IS 'Of these, not checked.';
COMMENT ON COLUMN intent_verifications.findings IS 'Number of findings by code; {} where there are none.';
COMMENT ON COLUMN intent_verifications.samples IS 'The first findings and the first unchecked intents, 100 at most, without what intents say.';
COMMENT ON COLUMN intent_verifications.failure IS 'Why it did not come to its end, or null.';

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON intent_verifications
  FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

ALTER TABLE intent_verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_verifications FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_inserts ON intent_verifications FOR INSERT TO intent_engine WITH CHECK (true);
GRANT SELECT, INSERT ON intent_verifications TO intent_engine;

SELECT intent_close_privileges();
