-- Who is told of what happens to an organization's intents, how far that has come, and what could not be told.
--
-- Readers see nothing of this: an address may have a token in its path, and every member of an organization may be a
-- reader. The gateway reads and writes for one organization at a time, which its session names; by itself it sees none.

CREATE TABLE intent_webhooks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  description text CHECK (length(description) BETWEEN 1 AND 500),
  kinds text[] CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['transition', 'vote']),
  states text[] CHECK (cardinality(states) > 0 AND array_position(states, NULL) IS NULL),
  start_position bigint NOT NULL CHECK (start_position >= 0),
  position bigint NOT NULL CHECK (position >= 0),
  round integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamptz,
  disabled_because text CHECK (disabled_because IN ('deleted', 'gone')),
  UNIQUE (id, organization_id),
  CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);
CREATE INDEX idx_intent_webhooks_organization ON intent_webhooks (organization_id, created_at);
COMMENT ON TABLE intent_webhooks IS 'Receivers of an organization''s events.';
COMMENT ON COLUMN intent_webhooks.kinds IS 'Of events that it is told of; null: all.';
COMMENT ON COLUMN intent_webhooks.states IS 'Transitions into these are told; null: all.';
COMMENT ON COLUMN intent_webhooks.start_position IS 'Of the organization''s events when it was made: it is told of later ones.';
COMMENT ON COLUMN intent_webhooks.position IS 'Events up to this one are handed on to be delivered.';
COMMENT ON COLUMN intent_webhooks.round IS 'Counts how often the position was set back: what was delivered in an earlier round is delivered again.';
COMMENT ON COLUMN intent_webhooks.disabled_because IS 'deleted: by the organization; gone: the receiver answered 410.';

-- Apart from the webhooks, so that who may read those can't read these.
CREATE TABLE intent_webhook_secrets (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  secret text NOT NULL CHECK (secret ~ '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$'),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz,
  PRIMARY KEY (webhook_id, created_at),
  -- Else one could make another's messages be signed with a secret of one's own.
  FOREIGN KEY (webhook_id, organization_id) REFERENCES intent_webhooks (id, organization_id)
);
COMMENT ON TABLE intent_webhook_secrets IS 'What messages are signed with. The engine alone reads it; the gateway writes it.';
COMMENT ON COLUMN intent_webhook_secrets.expires_at IS 'Set when another one has taken its place: both sign until then.';

CREATE TABLE intent_webhook_dead_letters (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  position bigint NOT NULL,
  workflow_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('transition', 'vote')),
  row_number integer NOT NULL,
  attempts integer NOT NULL CHECK (attempts >= 1),
  last_status integer,
  last_error text NOT NULL,
  last_response text,
  first_attempted_at timestamptz NOT NULL,
  last_attempted_at timestamptz NOT NULL,
  replay_requested_at timestamptz,
  replayed_at timestamptz,
  PRIMARY KEY (webhook_id, position),
  FOREIGN KEY (webhook_id, organization_id) REFERENCES intent_webhooks (id, organization_id)
);
CREATE INDEX idx_intent_webhook_dead_letters_requested ON intent_webhook_dead_letters (webhook_id, position)
  WHERE replay_requested_at IS NOT NULL AND replayed_at IS NULL;
COMMENT ON TABLE intent_webhook_dead_letters IS 'Events that no attempt could deliver.';
COMMENT ON COLUMN intent_webhook_dead_letters.row_number IS 'As in intent_events.';
COMMENT ON COLUMN intent_webhook_dead_letters.last_response IS 'How the body of the last answer begins.';
COMMENT ON COLUMN intent_webhook_dead_letters.replayed_at IS
  'When it was handed on to be delivered once more. Null again if that failed, too.';

ALTER TABLE intent_webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_webhook_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_webhook_dead_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_all ON intent_webhooks TO intent_engine USING (true) WITH CHECK (true);
CREATE POLICY engine_reads ON intent_webhook_secrets FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_all ON intent_webhook_dead_letters TO intent_engine USING (true) WITH CHECK (true);

-- Reading and writing alike: a session that names no organization has none.
CREATE POLICY gateway_own ON intent_webhooks TO intent_gateway
  USING (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid))
  WITH CHECK (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid));
CREATE POLICY gateway_own ON intent_webhook_secrets TO intent_gateway
  USING (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid))
  WITH CHECK (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid));
CREATE POLICY gateway_own ON intent_webhook_dead_letters TO intent_gateway
  USING (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid))
  WITH CHECK (organization_id = (SELECT nullif(current_setting('intent.organization_id', true), '')::uuid));

GRANT SELECT, UPDATE (position, disabled_at, disabled_because) ON intent_webhooks TO intent_engine;
GRANT SELECT ON intent_webhook_secrets TO intent_engine;
GRANT SELECT, INSERT, UPDATE ON intent_webhook_dead_letters TO intent_engine;
GRANT SELECT, INSERT, UPDATE (position, round, disabled_at, disabled_because) ON intent_webhooks TO intent_gateway;
GRANT INSERT, DELETE, UPDATE (expires_at), SELECT (webhook_id, organization_id, created_at, expires_at)
  ON intent_webhook_secrets TO intent_gateway;
GRANT SELECT, UPDATE (replay_requested_at, replayed_at) ON intent_webhook_dead_letters TO intent_gateway;

SELECT intent_close_privileges();
