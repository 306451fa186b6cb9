-- The schema after all migrations, to read and to compare. It is never run: migrations are.
-- A test holds it equal to the database. Renew it with: RENEW_SCHEMA=1 npx jest test/database/schema

-- Types

CREATE TYPE workflow_state AS ENUM (
  'CREATED',
  'ICP_PENDING',
  'ICP_PROCESSING',
  'ICP_FAILED',
  'ICP_COMPLETED',
  'COMPETITOR_PENDING',
  'COMPETITOR_PROCESSING',
  'COMPETITOR_FAILED',
  'COMPETITOR_COMPLETED',
  'SEED_REVIEW_PENDING',
  'SEED_REVIEW_COMPLETED',
  'CLUSTERING_PENDING',
  'CLUSTERING_PROCESSING',
  'CLUSTERING_FAILED',
  'CLUSTERING_COMPLETED',
  'VALIDATION_PENDING',
  'VALIDATION_PROCESSING',
  'VALIDATION_COMPLETED',
  'VALIDATION_FAILED',
  'ARTICLE_PENDING',
  'ARTICLE_PROCESSING',
  'ARTICLE_COMPLETED',
  'ARTICLE_FAILED',
  'PUBLISH_PENDING',
  'PUBLISH_PROCESSING',
  'PUBLISH_COMPLETED',
  'PUBLISH_FAILED',
  'COMPLETED',
  'CANCELLED'
);

-- Tables

CREATE TABLE intent_api_key_events (
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  key_id text NOT NULL,
  organization_id uuid NOT NULL,
  kind text NOT NULL,
  detail jsonb NOT NULL,
  login name NOT NULL DEFAULT SESSION_USER,
  actor text,
  at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT intent_api_key_events_key_id_fkey FOREIGN KEY (key_id) REFERENCES intent_api_keys(id),
  CONSTRAINT intent_api_key_events_kind_check CHECK (kind = ANY (ARRAY['created'::text, 'expiry changed'::text, 'revoked'::text])),
  CONSTRAINT intent_api_key_events_pkey PRIMARY KEY (number)
);

CREATE TABLE intent_api_keys (
  id text NOT NULL,
  organization_id uuid NOT NULL,
  name text NOT NULL,
  actor text NOT NULL,
  secret_hash bytea NOT NULL,
  scopes text[] NOT NULL,
  roles text[] NOT NULL DEFAULT '{}'::text[],
  requests_per_minute integer,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  replaces text,
  last_used_at timestamp with time zone,
  CONSTRAINT intent_api_keys_actor_check CHECK (length(actor) >= 1 AND length(actor) <= 256),
  CONSTRAINT intent_api_keys_id_check CHECK (id ~ '^[a-z0-9]{12}$'::text),
  CONSTRAINT intent_api_keys_name_check CHECK (length(name) >= 1 AND length(name) <= 200),
  CONSTRAINT intent_api_keys_pkey PRIMARY KEY (id),
  CONSTRAINT intent_api_keys_replaces_fkey FOREIGN KEY (replaces) REFERENCES intent_api_keys(id),
  CONSTRAINT intent_api_keys_requests_per_minute_check CHECK (requests_per_minute >= 1),
  CONSTRAINT intent_api_keys_roles_check CHECK (array_position(roles, NULL::text) IS NULL),
  CONSTRAINT intent_api_keys_scopes_check CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read'::text, 'transition'::text, 'approve'::text, 'admin'::text]),
  CONSTRAINT intent_api_keys_secret_hash_check CHECK (octet_length(secret_hash) = 32)
);

CREATE TABLE intent_archive_files (
  name text NOT NULL,
  sha256 text NOT NULL,
  manifest jsonb NOT NULL,
  signature text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT intent_archive_files_pkey PRIMARY KEY (name)
);

CREATE TABLE intent_archives (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  transitions integer NOT NULL,
  rejections integer NOT NULL,
  file text,
  archived_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  archived_by text NOT NULL DEFAULT SESSION_USER,
  votes integer NOT NULL DEFAULT 0,
  CONSTRAINT intent_archives_file_fkey FOREIGN KEY (file) REFERENCES intent_archive_files(name),
  CONSTRAINT intent_archives_pkey PRIMARY KEY (workflow_id),
  CONSTRAINT intent_archives_workflow_id_organization_id_fkey FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows(id, organization_id)
);

CREATE TABLE intent_erasures (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  reason text NOT NULL,
  erased_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  erased_by text NOT NULL DEFAULT SESSION_USER,
  CONSTRAINT intent_erasures_pkey PRIMARY KEY (workflow_id),
  CONSTRAINT intent_erasures_workflow_id_organization_id_fkey FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows(id, organization_id)
);

CREATE TABLE intent_event_feeds (
  organization_id uuid NOT NULL,
  last_position bigint NOT NULL DEFAULT 0,
  removed_to bigint NOT NULL DEFAULT 0,
  CONSTRAINT intent_event_feeds_pkey PRIMARY KEY (organization_id)
);

CREATE TABLE intent_event_outbox (
  organization_id uuid NOT NULL,
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  workflow_id uuid NOT NULL,
  kind text NOT NULL,
  row_number integer NOT NULL,
  CONSTRAINT intent_event_outbox_kind_check CHECK (kind = ANY (ARRAY['transition'::text, 'vote'::text])),
  CONSTRAINT intent_event_outbox_pkey PRIMARY KEY (organization_id, number)
);

CREATE TABLE intent_events (
  organization_id uuid NOT NULL,
  "position" bigint NOT NULL,
  workflow_id uuid NOT NULL,
  kind text NOT NULL,
  row_number integer NOT NULL,
  published_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT intent_events_pkey PRIMARY KEY (organization_id, "position"),
  CONSTRAINT intent_events_position_check CHECK ("position" >= 1)
);

CREATE TABLE intent_organization_roles (
  role_name name NOT NULL,
  organization_id uuid NOT NULL,
  CONSTRAINT intent_organization_roles_pkey PRIMARY KEY (role_name)
);

CREATE TABLE intent_verifications (
  run_id text NOT NULL,
  mode text NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone NOT NULL,
  intents integer NOT NULL,
  witnessed integer NOT NULL,
  forgotten integer NOT NULL,
  filed integer NOT NULL,
  unchecked integer NOT NULL,
  findings jsonb NOT NULL,
  samples jsonb NOT NULL,
  failure text,
  complete boolean NOT NULL GENERATED ALWAYS AS (failure IS NULL) STORED,
  clean boolean NOT NULL GENERATED ALWAYS AS ((failure IS NULL) AND (unchecked = 0) AND (findings = '{}'::jsonb)) STORED,
  CONSTRAINT intent_verifications_filed_check CHECK (filed >= 0),
  CONSTRAINT intent_verifications_findings_check CHECK (jsonb_typeof(findings) = 'object'::text),
  CONSTRAINT intent_verifications_forgotten_check CHECK (forgotten >= 0),
  CONSTRAINT intent_verifications_intents_check CHECK (intents >= 0),
  CONSTRAINT intent_verifications_mode_check CHECK (mode = ANY (ARRAY['sql'::text, 'fast'::text, 'full'::text])),
  CONSTRAINT intent_verifications_pkey PRIMARY KEY (run_id),
  CONSTRAINT intent_verifications_samples_check CHECK (jsonb_typeof(samples) = 'array'::text),
  CONSTRAINT intent_verifications_unchecked_check CHECK (unchecked >= 0),
  CONSTRAINT intent_verifications_witnessed_check CHECK (witnessed >= 0)
);

CREATE TABLE intent_webhook_dead_letters (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  "position" bigint NOT NULL,
  workflow_id uuid NOT NULL,
  kind text NOT NULL,
  row_number integer NOT NULL,
  attempts integer NOT NULL,
  last_status integer,
  last_error text NOT NULL,
  last_response text,
  first_attempted_at timestamp with time zone NOT NULL,
  last_attempted_at timestamp with time zone NOT NULL,
  replay_requested_at timestamp with time zone,
  replayed_at timestamp with time zone,
  CONSTRAINT intent_webhook_dead_letters_attempts_check CHECK (attempts >= 1),
  CONSTRAINT intent_webhook_dead_letters_kind_check CHECK (kind = ANY (ARRAY['transition'::text, 'vote'::text])),
  CONSTRAINT intent_webhook_dead_letters_pkey PRIMARY KEY (webhook_id, "position"),
  CONSTRAINT intent_webhook_dead_letters_webhook_id_organization_id_fkey FOREIGN KEY (webhook_id, organization_id) REFERENCES intent_webhooks(id, organization_id)
);

CREATE TABLE intent_webhook_secrets (
  webhook_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  secret text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamp with time zone,
  CONSTRAINT intent_webhook_secrets_pkey PRIMARY KEY (webhook_id, created_at),
  CONSTRAINT intent_webhook_secrets_secret_check CHECK (secret ~ '^whsec_[A-Za-z0-9+/]{32,88}={0,2}$'::text),
  CONSTRAINT intent_webhook_secrets_webhook_id_organization_id_fkey FOREIGN KEY (webhook_id, organization_id) REFERENCES intent_webhooks(id, organization_id)
);

CREATE TABLE intent_webhooks (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  url text NOT NULL,
  description text,
  kinds text[],
  states text[],
  start_position bigint NOT NULL,
  "position" bigint NOT NULL,
  round integer NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamp with time zone,
  disabled_because text,
  CONSTRAINT intent_webhooks_check CHECK ((disabled_at IS NULL) = (disabled_because IS NULL)),
  CONSTRAINT intent_webhooks_description_check CHECK (length(description) >= 1 AND length(description) <= 500),
  CONSTRAINT intent_webhooks_disabled_because_check CHECK (disabled_because = ANY (ARRAY['deleted'::text, 'gone'::text])),
  CONSTRAINT intent_webhooks_id_organization_id_key UNIQUE (id, organization_id),
  CONSTRAINT intent_webhooks_kinds_check CHECK (cardinality(kinds) > 0 AND kinds <@ ARRAY['transition'::text, 'vote'::text]),
  CONSTRAINT intent_webhooks_pkey PRIMARY KEY (id),
  CONSTRAINT intent_webhooks_position_check CHECK ("position" >= 0),
  CONSTRAINT intent_webhooks_start_position_check CHECK (start_position >= 0),
  CONSTRAINT intent_webhooks_states_check CHECK (cardinality(states) > 0 AND array_position(states, NULL::text) IS NULL),
  CONSTRAINT intent_webhooks_url_check CHECK (length(url) >= 1 AND length(url) <= 2000)
);

CREATE TABLE intent_worker_starts (
  number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  started_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  problem text,
  CONSTRAINT intent_worker_starts_pkey PRIMARY KEY (number),
  CONSTRAINT intent_worker_starts_problem_check CHECK (problem <> ''::text)
);

CREATE TABLE intent_workflows (
  id uuid NOT NULL,
  organization_id uuid NOT NULL,
  state workflow_state NOT NULL,
  sequence integer NOT NULL DEFAULT 0,
  audit_hash text,
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  title text,
  metadata jsonb,
  created_by text,
  run_id text NOT NULL,
  personal_salt uuid DEFAULT gen_random_uuid(),
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  parent_id uuid,
  first_graph_version integer,
  CONSTRAINT intent_workflows_graph_name_graph_version_state_fkey FOREIGN KEY (graph_name, graph_version, state) REFERENCES workflow_graph_states(graph_name, graph_version, state),
  CONSTRAINT intent_workflows_id_organization_id_key UNIQUE (id, organization_id),
  CONSTRAINT intent_workflows_pkey PRIMARY KEY (id)
);

CREATE TABLE pgmigrations (
  id integer NOT NULL DEFAULT nextval('pgmigrations_id_seq'::regclass),
  name character varying(255) NOT NULL,
  run_on timestamp without time zone NOT NULL,
  CONSTRAINT pgmigrations_pkey PRIMARY KEY (id)
);

CREATE TABLE pgmigrations_checksums (
  name text NOT NULL,
  checksum text NOT NULL,
  CONSTRAINT pgmigrations_checksums_pkey PRIMARY KEY (name)
);

CREATE TABLE workflow_graph_edges (
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  from_state workflow_state NOT NULL,
  to_state workflow_state NOT NULL,
  CONSTRAINT workflow_graph_edges_graph_name_graph_version_from_state_fkey FOREIGN KEY (graph_name, graph_version, from_state) REFERENCES workflow_graph_states(graph_name, graph_version, state),
  CONSTRAINT workflow_graph_edges_graph_name_graph_version_to_state_fkey FOREIGN KEY (graph_name, graph_version, to_state) REFERENCES workflow_graph_states(graph_name, graph_version, state),
  CONSTRAINT workflow_graph_edges_pkey PRIMARY KEY (graph_name, graph_version, from_state, to_state)
);

CREATE TABLE workflow_graph_states (
  graph_name text NOT NULL,
  graph_version integer NOT NULL,
  state workflow_state NOT NULL,
  step_number integer,
  step_key text,
  terminal boolean NOT NULL,
  CONSTRAINT workflow_graph_states_check CHECK (terminal = (step_number IS NULL)),
  CONSTRAINT workflow_graph_states_graph_name_graph_version_fkey FOREIGN KEY (graph_name, graph_version) REFERENCES workflow_graphs(name, version),
  CONSTRAINT workflow_graph_states_pkey PRIMARY KEY (graph_name, graph_version, state)
);

CREATE TABLE workflow_graphs (
  name text NOT NULL,
  version integer NOT NULL,
  initial_state workflow_state NOT NULL,
  definition jsonb NOT NULL,
  fingerprint text NOT NULL,
  registered_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  registered_by text NOT NULL DEFAULT SESSION_USER,
  CONSTRAINT workflow_graphs_pkey PRIMARY KEY (name, version),
  CONSTRAINT workflow_graphs_version_check CHECK (version >= 1)
);

CREATE TABLE workflow_transition_audit (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  sequence integer NOT NULL,
  request_id text NOT NULL,
  previous_state workflow_state,
  new_state workflow_state NOT NULL,
  transition_reason text,
  actor text,
  metadata jsonb,
  transitioned_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  personal_digest text NOT NULL,
  hash text NOT NULL,
  kind text NOT NULL DEFAULT 'transition'::text,
  graph_version integer,
  CONSTRAINT workflow_transition_audit_check CHECK ((sequence = 1) = (previous_state IS NULL)),
  CONSTRAINT workflow_transition_audit_check1 CHECK (kind = 'transition'::text OR graph_version IS NOT NULL),
  CONSTRAINT workflow_transition_audit_pkey PRIMARY KEY (workflow_id, sequence),
  CONSTRAINT workflow_transition_audit_sequence_check CHECK (sequence >= 1),
  CONSTRAINT workflow_transition_audit_workflow_id_organization_id_fkey FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows(id, organization_id),
  CONSTRAINT workflow_transition_audit_workflow_id_request_id_key UNIQUE (workflow_id, request_id)
);

CREATE TABLE workflow_transition_audit_archive (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  sequence integer NOT NULL,
  request_id text NOT NULL,
  previous_state workflow_state,
  new_state workflow_state NOT NULL,
  transition_reason text,
  actor text,
  metadata jsonb,
  transitioned_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  personal_digest text NOT NULL,
  hash text NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  kind text NOT NULL DEFAULT 'transition'::text,
  graph_version integer,
  CONSTRAINT workflow_transition_audit_archive_pkey PRIMARY KEY (workflow_id, sequence, ended_at)
) PARTITION BY RANGE (ended_at);

CREATE TABLE workflow_transition_conflicts (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  attempted jsonb NOT NULL,
  stored jsonb,
  sqlstate text NOT NULL,
  message text NOT NULL,
  detected_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT workflow_transition_conflicts_pkey PRIMARY KEY (id)
);

CREATE TABLE workflow_transition_rejections (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL,
  request_id text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  state workflow_state NOT NULL,
  requested_state text,
  transition_reason text,
  actor text,
  rejected_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT workflow_transition_rejections_number_check CHECK (number >= 1),
  CONSTRAINT workflow_transition_rejections_pkey PRIMARY KEY (workflow_id, number),
  CONSTRAINT workflow_transition_rejections_workflow_id_organization_id_fkey FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows(id, organization_id)
);

CREATE TABLE workflow_transition_rejections_archive (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL,
  request_id text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  state workflow_state NOT NULL,
  requested_state text,
  transition_reason text,
  actor text,
  rejected_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  CONSTRAINT workflow_transition_rejections_archive_pkey PRIMARY KEY (workflow_id, number, ended_at)
) PARTITION BY RANGE (ended_at);

CREATE TABLE workflow_transition_repairs (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  table_name text NOT NULL,
  stored jsonb NOT NULL,
  reason text NOT NULL,
  repaired_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  repaired_by text NOT NULL DEFAULT SESSION_USER,
  CONSTRAINT workflow_transition_repairs_pkey PRIMARY KEY (id)
);

CREATE TABLE workflow_transition_votes (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL,
  kind text NOT NULL,
  request_id text NOT NULL,
  entry integer NOT NULL,
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
  voted_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT workflow_transition_votes_check CHECK ((kind = 'expired'::text) = (expires IS NOT NULL)),
  CONSTRAINT workflow_transition_votes_entry_check CHECK (entry >= 1),
  CONSTRAINT workflow_transition_votes_kind_check CHECK (kind = ANY (ARRAY['cast'::text, 'expired'::text])),
  CONSTRAINT workflow_transition_votes_number_check CHECK (number >= 1),
  CONSTRAINT workflow_transition_votes_pkey PRIMARY KEY (workflow_id, number),
  CONSTRAINT workflow_transition_votes_workflow_id_organization_id_fkey FOREIGN KEY (workflow_id, organization_id) REFERENCES intent_workflows(id, organization_id)
);

CREATE TABLE workflow_transition_votes_archive (
  workflow_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  number integer NOT NULL,
  kind text NOT NULL,
  request_id text NOT NULL,
  entry integer NOT NULL,
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
  voted_at timestamp with time zone NOT NULL,
  created_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone NOT NULL,
  CONSTRAINT workflow_transition_votes_archive_pkey PRIMARY KEY (workflow_id, number, ended_at)
) PARTITION BY RANGE (ended_at);

-- Indexes

CREATE INDEX idx_intent_api_key_events_key ON public.intent_api_key_events USING btree (key_id, number);
CREATE INDEX idx_intent_api_keys_organization ON public.intent_api_keys USING btree (organization_id, created_at);
CREATE UNIQUE INDEX idx_intent_api_keys_replaces ON public.intent_api_keys USING btree (replaces);
CREATE INDEX idx_intent_archives_file ON public.intent_archives USING btree (file) WHERE (file IS NOT NULL);
CREATE INDEX idx_intent_verifications_finished ON public.intent_verifications USING btree (finished_at DESC);
CREATE INDEX idx_intent_webhook_dead_letters_requested ON public.intent_webhook_dead_letters USING btree (webhook_id, "position") WHERE ((replay_requested_at IS NOT NULL) AND (replayed_at IS NULL));
CREATE INDEX idx_intent_webhooks_organization ON public.intent_webhooks USING btree (organization_id, created_at);
CREATE INDEX idx_intent_worker_starts_started ON public.intent_worker_starts USING btree (started_at);
CREATE INDEX idx_intent_workflows_created ON public.intent_workflows USING btree (organization_id, created_at, id);
CREATE INDEX idx_intent_workflows_ended ON public.intent_workflows USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX idx_intent_workflows_organization ON public.intent_workflows USING btree (organization_id, state);
CREATE INDEX idx_intent_workflows_parent ON public.intent_workflows USING btree (parent_id) WHERE (parent_id IS NOT NULL);
CREATE INDEX idx_intent_workflows_state ON public.intent_workflows USING btree (state);
CREATE INDEX idx_workflow_transition_audit_archive_request ON ONLY public.workflow_transition_audit_archive USING btree (workflow_id, request_id);
CREATE UNIQUE INDEX idx_workflow_transition_conflicts_evidence ON public.workflow_transition_conflicts USING btree (workflow_id, hashtextextended((attempted)::text, (0)::bigint)) WHERE (jsonb_typeof(attempted) = 'array'::text);
CREATE INDEX idx_workflow_transition_rejections_archive_request ON ONLY public.workflow_transition_rejections_archive USING btree (workflow_id, request_id, number DESC);
CREATE INDEX idx_workflow_transition_rejections_request ON public.workflow_transition_rejections USING btree (workflow_id, request_id, number DESC);
CREATE INDEX idx_workflow_transition_repairs_workflow ON public.workflow_transition_repairs USING btree (workflow_id);
CREATE INDEX idx_workflow_transition_votes_archive_request ON ONLY public.workflow_transition_votes_archive USING btree (workflow_id, request_id, number DESC);
CREATE INDEX idx_workflow_transition_votes_request ON public.workflow_transition_votes USING btree (workflow_id, request_id, number DESC);

-- Views

CREATE VIEW workflow_transition_audit_all WITH (security_invoker=true) AS
 SELECT workflow_transition_audit.workflow_id,
    workflow_transition_audit.organization_id,
    workflow_transition_audit.sequence,
    workflow_transition_audit.request_id,
    workflow_transition_audit.previous_state,
    workflow_transition_audit.new_state,
    workflow_transition_audit.transition_reason,
    workflow_transition_audit.actor,
    workflow_transition_audit.metadata,
    workflow_transition_audit.transitioned_at,
    workflow_transition_audit.created_at,
    workflow_transition_audit.personal_digest,
    workflow_transition_audit.hash,
    workflow_transition_audit.kind,
    workflow_transition_audit.graph_version
   FROM workflow_transition_audit
UNION ALL
 SELECT workflow_transition_audit_archive.workflow_id,
    workflow_transition_audit_archive.organization_id,
    workflow_transition_audit_archive.sequence,
    workflow_transition_audit_archive.request_id,
    workflow_transition_audit_archive.previous_state,
    workflow_transition_audit_archive.new_state,
    workflow_transition_audit_archive.transition_reason,
    workflow_transition_audit_archive.actor,
    workflow_transition_audit_archive.metadata,
    workflow_transition_audit_archive.transitioned_at,
    workflow_transition_audit_archive.created_at,
    workflow_transition_audit_archive.personal_digest,
    workflow_transition_audit_archive.hash,
    workflow_transition_audit_archive.kind,
    workflow_transition_audit_archive.graph_version
   FROM workflow_transition_audit_archive;

CREATE VIEW workflow_transition_rejections_all WITH (security_invoker=true) AS
 SELECT workflow_transition_rejections.workflow_id,
    workflow_transition_rejections.organization_id,
    workflow_transition_rejections.number,
    workflow_transition_rejections.request_id,
    workflow_transition_rejections.code,
    workflow_transition_rejections.message,
    workflow_transition_rejections.state,
    workflow_transition_rejections.requested_state,
    workflow_transition_rejections.transition_reason,
    workflow_transition_rejections.actor,
    workflow_transition_rejections.rejected_at,
    workflow_transition_rejections.created_at
   FROM workflow_transition_rejections
UNION ALL
 SELECT workflow_transition_rejections_archive.workflow_id,
    workflow_transition_rejections_archive.organization_id,
    workflow_transition_rejections_archive.number,
    workflow_transition_rejections_archive.request_id,
    workflow_transition_rejections_archive.code,
    workflow_transition_rejections_archive.message,
    workflow_transition_rejections_archive.state,
    workflow_transition_rejections_archive.requested_state,
    workflow_transition_rejections_archive.transition_reason,
    workflow_transition_rejections_archive.actor,
    workflow_transition_rejections_archive.rejected_at,
    workflow_transition_rejections_archive.created_at
   FROM workflow_transition_rejections_archive;

CREATE VIEW workflow_transition_votes_all WITH (security_invoker=true) AS
 SELECT workflow_transition_votes.workflow_id,
    workflow_transition_votes.organization_id,
    workflow_transition_votes.number,
    workflow_transition_votes.kind,
    workflow_transition_votes.request_id,
    workflow_transition_votes.entry,
    workflow_transition_votes.from_state,
    workflow_transition_votes.to_state,
    workflow_transition_votes.graph_version,
    workflow_transition_votes.role,
    workflow_transition_votes.actor,
    workflow_transition_votes.on_behalf_of,
    workflow_transition_votes.reason,
    workflow_transition_votes.metadata,
    workflow_transition_votes.expires,
    workflow_transition_votes.votes,
    workflow_transition_votes.needed,
    workflow_transition_votes.voted_at,
    workflow_transition_votes.created_at
   FROM workflow_transition_votes
UNION ALL
 SELECT workflow_transition_votes_archive.workflow_id,
    workflow_transition_votes_archive.organization_id,
    workflow_transition_votes_archive.number,
    workflow_transition_votes_archive.kind,
    workflow_transition_votes_archive.request_id,
    workflow_transition_votes_archive.entry,
    workflow_transition_votes_archive.from_state,
    workflow_transition_votes_archive.to_state,
    workflow_transition_votes_archive.graph_version,
    workflow_transition_votes_archive.role,
    workflow_transition_votes_archive.actor,
    workflow_transition_votes_archive.on_behalf_of,
    workflow_transition_votes_archive.reason,
    workflow_transition_votes_archive.metadata,
    workflow_transition_votes_archive.expires,
    workflow_transition_votes_archive.votes,
    workflow_transition_votes_archive.needed,
    workflow_transition_votes_archive.voted_at,
    workflow_transition_votes_archive.created_at
   FROM workflow_transition_votes_archive;

-- Functions

CREATE OR REPLACE FUNCTION public.intent_add_archive_partition(p_ended_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_announce()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  INSERT INTO public.intent_event_outbox (organization_id, workflow_id, kind, row_number)
  VALUES (NEW.organization_id, NEW.workflow_id, TG_ARGV[0], (to_jsonb(NEW) ->> TG_ARGV[1])::integer);
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_approval_rule(p_graph_name text, p_graph_version integer, p_from workflow_state, p_to workflow_state)
 RETURNS jsonb
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT rule.value AS rule FROM workflow_graphs g, LATERAL jsonb_array_elements((g.definition -> 'approvals'::text)) rule(value) WHERE ((g.name = intent_approval_rule.p_graph_name) AND (g.version = intent_approval_rule.p_graph_version) AND ((rule.value ->> 'from'::text) = (intent_approval_rule.p_from)::text) AND ((rule.value ->> 'to'::text) = (intent_approval_rule.p_to)::text)));

CREATE OR REPLACE FUNCTION public.intent_audit_canonical(audit workflow_transition_audit)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN ((jsonb_build_array((audit).workflow_id, (audit).organization_id, (audit).sequence, (audit).request_id, (audit).previous_state, (audit).new_state, (audit).personal_digest, to_char(((audit).transitioned_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text)) || CASE WHEN (((audit).graph_version IS NULL) AND (COALESCE((audit).kind, 'transition'::text) = 'transition'::text)) THEN '[]'::jsonb ELSE jsonb_build_array((audit).kind, (audit).graph_version) END))::text;

CREATE OR REPLACE FUNCTION public.intent_audit_hash(previous_hash text, audit workflow_transition_audit)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to((COALESCE(previous_hash, ''::text) || intent_audit_canonical(audit)), 'UTF8'::name)), 'hex'::text);

CREATE OR REPLACE FUNCTION public.intent_begins_stay(audit workflow_transition_audit)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (((audit).kind <> ALL (ARRAY['pause'::text, 'resume'::text])) AND (NOT (((audit).kind = 'migration'::text) AND ((audit).previous_state = (audit).new_state))));

CREATE OR REPLACE FUNCTION public.intent_check_api_key()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['expires_at', 'revoked_at', 'last_used_at']
                      <> to_jsonb(OLD) - ARRAY['expires_at', 'revoked_at', 'last_used_at'] THEN
    RAISE EXCEPTION 'the key % stays as it was made: % refused', OLD.id, TG_OP
      USING ERRCODE = 'IE004', HINT = 'Revoke it with: intent keys revoke';
  ELSIF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'the key % has been revoked, and stays so', OLD.id
      USING ERRCODE = 'IE004', HINT = 'Make another one with: intent keys create';
  END IF;
  RETURN NEW;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_archived_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_audit_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_creation_row()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.workflow_transition_audit WHERE workflow_id = NEW.id AND sequence = 1
  ) THEN
    RAISE EXCEPTION 'intent % has no audit row for its creation', NEW.id USING ERRCODE = 'IE002';
  END IF;
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_ended()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.intent_workflows WHERE id = NEW.workflow_id AND ended_at IS NOT NULL
  ) THEN
    RAISE EXCEPTION 'intent % has not ended: % into % refused', NEW.workflow_id, TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'IE007', HINT = 'Take it to a terminal state first.';
  END IF;
  RETURN NEW;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_graph_part()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_new_intent()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_refiling()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF to_jsonb(NEW) - 'file' = to_jsonb(OLD) - 'file' AND num_nulls(NEW.file, OLD.file) = 0 THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'IE004';
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_row_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_state_move()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_vote()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_check_votes()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_close_privileges()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  this_transaction CONSTANT xid := pg_current_xact_id()::xid;
  item record;
BEGIN
  FOR item IN
    SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, a.grantee
      FROM pg_class c, aclexplode(c.relacl) a
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND a.grantee <> c.relowner
       -- Those of the migrations themselves are older than the first of them.
       AND (c.xmin = this_transaction OR c.relname IN ('pgmigrations', 'pgmigrations_id_seq', 'pgmigrations_checksums'))
     UNION
    SELECT 'ROUTINE', p.oid::regprocedure::text, a.grantee
      FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     WHERE p.pronamespace = 'public'::regnamespace AND p.xmin = this_transaction AND a.grantee <> p.proowner
  LOOP
    IF item.grantee NOT IN ('intent_engine'::regrole, 'intent_reader'::regrole, 'intent_gateway'::regrole) THEN
      EXECUTE format('REVOKE ALL ON %s %s FROM %s', item.kind, item.name,
                     CASE item.grantee WHEN 0 THEN 'PUBLIC' ELSE item.grantee::regrole::text END);
    END IF;
  END LOOP;

  FOR item IN
    SELECT c.oid::regclass AS name, string_agg(quote_ident(t.attname), ', ') AS columns
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.xmin = this_transaction
       AND EXISTS (SELECT FROM aclexplode(c.relacl) a
                    WHERE a.grantee = 'intent_reader'::regrole AND a.privilege_type = 'SELECT')
     GROUP BY c.oid
  LOOP
    EXECUTE format('REVOKE SELECT ON %s FROM intent_reader', item.name);
    EXECUTE format('GRANT SELECT (%s) ON %s TO intent_reader', item.columns, item.name);
  END LOOP;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_create(p_id uuid, p_organization_id uuid, p_run_id text, p_graph_name text, p_graph_version integer, p_title text, p_metadata jsonb, p_created_by text, p_transitioned_at timestamp with time zone, p_personal_salt uuid DEFAULT NULL::uuid, p_keeps_version boolean DEFAULT false, p_parent_id uuid DEFAULT NULL::uuid)
 RETURNS TABLE(definition jsonb, transitioned_at timestamp with time zone, hash text, personal_salt uuid, graph_version integer)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_current_organization()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE((SELECT intent_organization_roles.organization_id FROM intent_organization_roles WHERE (intent_organization_roles.role_name = ANY (ARRAY[SESSION_USER, CURRENT_USER])) ORDER BY (intent_organization_roles.role_name = SESSION_USER) DESC LIMIT 1), (SELECT CASE WHEN (named.by_setting <> named.by_token) THEN NULL::uuid ELSE COALESCE(named.by_setting, named.by_token) END AS "coalesce" FROM (SELECT (NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::jsonb AS claims) token, LATERAL (SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS by_setting, (COALESCE(NULLIF((token.claims ->> 'organization_id'::text), ''::text), NULLIF(((token.claims -> 'app_metadata'::text) ->> 'organization_id'::text), ''::text)))::uuid AS by_token) named));

CREATE OR REPLACE FUNCTION public.intent_erase(p_workflow_id uuid, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_find_audit_row(p_workflow_id uuid, p_sequence integer)
 RETURNS workflow_transition_audit
 LANGUAGE plpgsql
 STABLE
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_is_archived(p_table_name text, p_workflow_id uuid, p_row jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_is_repaired(p_table_name text, p_workflow_id uuid, p_row jsonb)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM workflow_transition_repairs r WHERE ((r.workflow_id = intent_is_repaired.p_workflow_id) AND (r.table_name = intent_is_repaired.p_table_name) AND (r.stored = intent_is_repaired.p_row) AND (r.xmin = (pg_current_xact_id())::xid))));

CREATE OR REPLACE FUNCTION public.intent_move_problem(p_graph_name text, p_from_version integer, p_to_version integer, p_kind text, p_previous workflow_state, p_new workflow_state)
 RETURNS text
 LANGUAGE plpgsql
 STABLE PARALLEL SAFE
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_move_state()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_personal_digest(salt uuid, audit workflow_transition_audit)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN encode(sha256(convert_to((jsonb_build_array(salt, (audit).sequence, (audit).transition_reason, (audit).actor, (audit).metadata))::text, 'UTF8'::name)), 'hex'::text);

CREATE OR REPLACE FUNCTION public.intent_publish_events(p_organization_id uuid, p_most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
DECLARE
  feed public.intent_event_feeds;
  published bigint;
  removed bigint;
BEGIN
  -- While nothing happens this reads and no more.
  IF NOT EXISTS (SELECT FROM public.intent_event_outbox WHERE organization_id = p_organization_id) THEN
    RETURN coalesce(
      (SELECT last_position FROM public.intent_event_feeds WHERE organization_id = p_organization_id), 0);
  END IF;
  INSERT INTO public.intent_event_feeds (organization_id) VALUES (p_organization_id) ON CONFLICT DO NOTHING;
  SELECT * INTO feed FROM public.intent_event_feeds WHERE organization_id = p_organization_id FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;

  WITH taken AS (
    DELETE FROM public.intent_event_outbox
     WHERE organization_id = p_organization_id AND number IN (
       SELECT number FROM public.intent_event_outbox
        WHERE organization_id = p_organization_id ORDER BY number LIMIT p_most)
    RETURNING number, workflow_id, kind, row_number
  )
  INSERT INTO public.intent_events (organization_id, position, workflow_id, kind, row_number)
  SELECT p_organization_id, feed.last_position + row_number() OVER (ORDER BY number), workflow_id, kind, row_number
    FROM taken;
  GET DIAGNOSTICS published = ROW_COUNT;

  WITH old AS (
    DELETE FROM public.intent_events
     WHERE organization_id = p_organization_id AND position <= feed.removed_to + p_most
       AND published_at < clock_timestamp() - interval '30 days'
    RETURNING position
  )
  SELECT max(position) INTO removed FROM old;

  UPDATE public.intent_event_feeds
     SET last_position = feed.last_position + published, removed_to = coalesce(removed, removed_to)
   WHERE organization_id = p_organization_id;
  RETURN feed.last_position + published;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_record_api_key()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.expires_at, NEW.revoked_at) IS NOT DISTINCT FROM (OLD.expires_at, OLD.revoked_at) THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.intent_api_key_events (key_id, organization_id, kind, detail, actor)
  VALUES (
    NEW.id, NEW.organization_id,
    CASE WHEN TG_OP = 'INSERT' THEN 'created'
         WHEN NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN 'revoked'
         ELSE 'expiry changed' END,
    CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) - ARRAY['secret_hash', 'last_used_at']
         ELSE jsonb_build_object('expires_at', NEW.expires_at, 'revoked_at', NEW.revoked_at) END,
    nullif(current_setting('intent.actor', true), '')
  );
  RETURN NULL;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_record_decisions(p_workflow_id uuid, p_organization_id uuid, p_decisions jsonb)
 RETURNS TABLE(sequence integer, transitioned_at timestamp with time zone, hash text, graph_version integer, written bigint[])
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_record_outcomes(p_workflow_id uuid, p_organization_id uuid, p_decisions jsonb)
 RETURNS TABLE(sequence integer, transitioned_at timestamp with time zone, hash text, graph_version integer)
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_record_vote(p_workflow_id uuid, p_organization_id uuid, p_vote jsonb)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.intent_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'IE004', HINT = 'Request a transition through the engine instead.';
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_skip_archived_rejection()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
BEGIN
  IF EXISTS (
    SELECT FROM public.intent_archives x WHERE x.workflow_id = NEW.workflow_id AND x.rejections >= NEW.number
  ) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END
$function$;

CREATE OR REPLACE FUNCTION public.intent_votes_problem(p_workflow_id uuid, p_sequence integer, p_graph_name text, p_graph_version integer, p_from workflow_state, p_to workflow_state)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
AS $function$
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
$function$;

-- Triggers

CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intent_api_key_events FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.intent_api_keys FOR EACH ROW EXECUTE FUNCTION intent_check_api_key();
CREATE TRIGGER record_change AFTER INSERT OR UPDATE ON public.intent_api_keys FOR EACH ROW EXECUTE FUNCTION intent_record_api_key();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.intent_api_keys FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intent_archive_files FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_ended BEFORE INSERT ON public.intent_archives FOR EACH ROW EXECUTE FUNCTION intent_check_ended();
CREATE TRIGGER check_refiling BEFORE UPDATE ON public.intent_archives FOR EACH ROW EXECUTE FUNCTION intent_check_refiling();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.intent_archives FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_ended BEFORE INSERT ON public.intent_erasures FOR EACH ROW EXECUTE FUNCTION intent_check_ended();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intent_erasures FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intent_verifications FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE CONSTRAINT TRIGGER check_creation_row AFTER INSERT ON public.intent_workflows DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION intent_check_creation_row();
CREATE TRIGGER check_move BEFORE UPDATE ON public.intent_workflows FOR EACH ROW EXECUTE FUNCTION intent_check_state_move();
CREATE TRIGGER check_new BEFORE INSERT ON public.intent_workflows FOR EACH ROW EXECUTE FUNCTION intent_check_new_intent();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.intent_workflows FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_part AFTER INSERT ON public.workflow_graph_edges REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION intent_check_graph_part();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.workflow_graph_edges FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_part AFTER INSERT ON public.workflow_graph_states REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION intent_check_graph_part();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.workflow_graph_states FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE OR TRUNCATE ON public.workflow_graphs FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER announce AFTER INSERT ON public.workflow_transition_audit FOR EACH ROW EXECUTE FUNCTION intent_announce('transition', 'sequence');
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_audit FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"transition_reason": null, "actor": null, "metadata": null}');
CREATE TRIGGER check_row BEFORE INSERT ON public.workflow_transition_audit FOR EACH ROW EXECUTE FUNCTION intent_check_audit_row();
CREATE TRIGGER check_votes BEFORE INSERT ON public.workflow_transition_audit FOR EACH ROW WHEN ((new.kind = 'approval'::text)) EXECUTE FUNCTION intent_check_votes();
CREATE TRIGGER move_state AFTER INSERT ON public.workflow_transition_audit FOR EACH ROW EXECUTE FUNCTION intent_move_state();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_audit FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_audit_archive FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"transition_reason": null, "actor": null, "metadata": null}');
CREATE TRIGGER check_copy BEFORE INSERT ON public.workflow_transition_audit_archive FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('audit');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_audit_archive FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_conflicts FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"attempted": "erased", "stored": null}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_conflicts FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_rejections FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"message": "erased", "requested_state": null, "transition_reason": null, "actor": null}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_rejections FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER skip_archived BEFORE INSERT ON public.workflow_transition_rejections FOR EACH ROW EXECUTE FUNCTION intent_skip_archived_rejection();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_rejections_archive FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"message": "erased", "requested_state": null, "transition_reason": null, "actor": null}');
CREATE TRIGGER check_copy BEFORE INSERT ON public.workflow_transition_rejections_archive FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('rejections');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_rejections_archive FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_repairs FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"stored": "erased"}');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_repairs FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER announce AFTER INSERT ON public.workflow_transition_votes FOR EACH ROW EXECUTE FUNCTION intent_announce('vote', 'number');
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_votes FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"actor": null, "on_behalf_of": null, "reason": null, "metadata": null}');
CREATE TRIGGER check_vote BEFORE INSERT ON public.workflow_transition_votes FOR EACH ROW EXECUTE FUNCTION intent_check_vote();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_votes FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();
CREATE TRIGGER check_change BEFORE DELETE OR UPDATE ON public.workflow_transition_votes_archive FOR EACH ROW EXECUTE FUNCTION intent_check_row_change('{"actor": null, "on_behalf_of": null, "reason": null, "metadata": null}');
CREATE TRIGGER check_copy BEFORE INSERT ON public.workflow_transition_votes_archive FOR EACH ROW EXECUTE FUNCTION intent_check_archived_row('votes');
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.workflow_transition_votes_archive FOR EACH STATEMENT EXECUTE FUNCTION intent_refuse_change();

-- Row level security

ALTER TABLE intent_api_key_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY gateway_notes_use ON intent_api_keys AS PERMISSIVE FOR UPDATE TO intent_gateway USING (true) WITH CHECK (true);
CREATE POLICY gateway_reads ON intent_api_keys AS PERMISSIVE FOR SELECT TO intent_gateway USING (true);
ALTER TABLE intent_archive_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_archive_files AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
ALTER TABLE intent_archives ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_archives AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON intent_archives AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE intent_erasures ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_erasures AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON intent_erasures AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE intent_event_feeds ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_event_feeds AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON intent_event_feeds AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE intent_event_outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_event_outbox AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
ALTER TABLE intent_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_events AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON intent_events AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE intent_organization_roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_reads_own ON intent_organization_roles AS PERMISSIVE FOR SELECT TO intent_reader USING ((role_name = ANY (ARRAY[SESSION_USER, CURRENT_USER])));
ALTER TABLE intent_verifications ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON intent_verifications AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON intent_verifications AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
ALTER TABLE intent_webhook_dead_letters ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_all ON intent_webhook_dead_letters AS PERMISSIVE FOR ALL TO intent_engine USING (true) WITH CHECK (true);
CREATE POLICY gateway_own ON intent_webhook_dead_letters AS PERMISSIVE FOR ALL TO intent_gateway USING ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE intent_webhook_secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON intent_webhook_secrets AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY gateway_own ON intent_webhook_secrets AS PERMISSIVE FOR ALL TO intent_gateway USING ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE intent_webhooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_all ON intent_webhooks AS PERMISSIVE FOR ALL TO intent_engine USING (true) WITH CHECK (true);
CREATE POLICY gateway_own ON intent_webhooks AS PERMISSIVE FOR ALL TO intent_gateway USING ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif"))) WITH CHECK ((organization_id = ( SELECT (NULLIF(current_setting('intent.organization_id'::text, true), ''::text))::uuid AS "nullif")));
ALTER TABLE intent_worker_starts ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_deletes ON intent_worker_starts AS PERMISSIVE FOR DELETE TO intent_engine USING (true);
CREATE POLICY engine_inserts ON intent_worker_starts AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON intent_worker_starts AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
ALTER TABLE intent_workflows ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON intent_workflows AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON intent_workflows AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON intent_workflows AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE pgmigrations ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON pgmigrations AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY gateway_reads ON pgmigrations AS PERMISSIVE FOR SELECT TO intent_gateway USING (true);
ALTER TABLE pgmigrations_checksums ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflow_graph_edges ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON workflow_graph_edges AS PERMISSIVE FOR SELECT TO intent_engine, intent_reader USING (true);
ALTER TABLE workflow_graph_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON workflow_graph_states AS PERMISSIVE FOR SELECT TO intent_engine, intent_reader USING (true);
ALTER TABLE workflow_graphs ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone_reads ON workflow_graphs AS PERMISSIVE FOR SELECT TO intent_engine, intent_reader USING (true);
ALTER TABLE workflow_transition_audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON workflow_transition_audit AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_audit AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_audit AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_audit_archive ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON workflow_transition_audit_archive AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_audit_archive AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_conflicts ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON workflow_transition_conflicts AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_conflicts AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_conflicts AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_rejections ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON workflow_transition_rejections AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_rejections AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_rejections AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_rejections_archive ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON workflow_transition_rejections_archive AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_rejections_archive AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_repairs ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON workflow_transition_repairs AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_repairs AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_votes ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_inserts ON workflow_transition_votes AS PERMISSIVE FOR INSERT TO intent_engine WITH CHECK (true);
CREATE POLICY engine_reads ON workflow_transition_votes AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_votes AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));
ALTER TABLE workflow_transition_votes_archive ENABLE ROW LEVEL SECURITY;
CREATE POLICY engine_reads ON workflow_transition_votes_archive AS PERMISSIVE FOR SELECT TO intent_engine USING (true);
CREATE POLICY reader_reads_own ON workflow_transition_votes_archive AS PERMISSIVE FOR SELECT TO intent_reader USING ((organization_id = ( SELECT intent_current_organization() AS intent_current_organization)));

-- Grants

GRANT EXECUTE ON FUNCTION intent_approval_rule(text,integer,workflow_state,workflow_state) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_approval_rule(text,integer,workflow_state,workflow_state) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_audit_canonical(workflow_transition_audit) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_audit_canonical(workflow_transition_audit) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_audit_hash(text,workflow_transition_audit) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_audit_hash(text,workflow_transition_audit) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_begins_stay(workflow_transition_audit) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_begins_stay(workflow_transition_audit) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_create(uuid,uuid,text,text,integer,text,jsonb,text,timestamp with time zone,uuid,boolean,uuid) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_current_organization() TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_find_audit_row(uuid,integer) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_move_problem(text,integer,integer,text,workflow_state,workflow_state) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_move_problem(text,integer,integer,text,workflow_state,workflow_state) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_personal_digest(uuid,workflow_transition_audit) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_personal_digest(uuid,workflow_transition_audit) TO intent_reader;
GRANT EXECUTE ON FUNCTION intent_publish_events(uuid,integer) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_publish_events(uuid,integer) TO intent_gateway;
GRANT EXECUTE ON FUNCTION intent_record_decisions(uuid,uuid,jsonb) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_record_outcomes(uuid,uuid,jsonb) TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_record_vote(uuid,uuid,jsonb) TO intent_engine;
GRANT SELECT ON intent_api_keys TO intent_gateway;
GRANT UPDATE ON intent_api_keys (last_used_at) TO intent_gateway;
GRANT SELECT ON intent_archive_files TO intent_engine;
GRANT SELECT ON intent_archives TO intent_engine;
GRANT SELECT ON intent_archives (workflow_id, organization_id, ended_at, transitions, rejections, file, archived_at, archived_by, votes) TO intent_reader;
GRANT SELECT ON intent_erasures TO intent_engine;
GRANT SELECT ON intent_erasures (workflow_id, organization_id, reason, erased_at, erased_by) TO intent_reader;
GRANT SELECT ON intent_event_feeds TO intent_engine;
GRANT SELECT ON intent_event_feeds (organization_id, last_position, removed_to) TO intent_reader;
GRANT SELECT ON intent_event_outbox TO intent_engine;
GRANT SELECT ON intent_events TO intent_engine;
GRANT SELECT ON intent_events (organization_id, "position", workflow_id, kind, row_number, published_at) TO intent_reader;
GRANT SELECT ON intent_organization_roles (role_name, organization_id) TO intent_reader;
GRANT INSERT, SELECT ON intent_verifications TO intent_engine;
GRANT INSERT, SELECT, UPDATE ON intent_webhook_dead_letters TO intent_engine;
GRANT SELECT ON intent_webhook_dead_letters TO intent_gateway;
GRANT UPDATE ON intent_webhook_dead_letters (replay_requested_at, replayed_at) TO intent_gateway;
GRANT DELETE, INSERT ON intent_webhook_secrets TO intent_gateway;
GRANT SELECT ON intent_webhook_secrets TO intent_engine;
GRANT SELECT, UPDATE ON intent_webhook_secrets (expires_at) TO intent_gateway;
GRANT SELECT ON intent_webhook_secrets (webhook_id, organization_id, created_at) TO intent_gateway;
GRANT INSERT, SELECT ON intent_webhooks TO intent_gateway;
GRANT SELECT ON intent_webhooks TO intent_engine;
GRANT UPDATE ON intent_webhooks ("position", disabled_at, disabled_because) TO intent_engine;
GRANT UPDATE ON intent_webhooks ("position", disabled_at, disabled_because) TO intent_gateway;
GRANT UPDATE ON intent_webhooks (round) TO intent_gateway;
GRANT DELETE, INSERT, SELECT ON intent_worker_starts TO intent_engine;
GRANT INSERT, SELECT ON intent_workflows TO intent_engine;
GRANT SELECT ON intent_workflows (id, organization_id, state, sequence, audit_hash, graph_name, graph_version, title, metadata, created_by, run_id, personal_salt, created_at, updated_at, ended_at, parent_id, first_graph_version) TO intent_reader;
GRANT SELECT ON pgmigrations TO intent_engine;
GRANT SELECT ON pgmigrations TO intent_gateway;
GRANT SELECT ON workflow_graph_edges TO intent_engine;
GRANT SELECT ON workflow_graph_edges (graph_name, graph_version, from_state, to_state) TO intent_reader;
GRANT SELECT ON workflow_graph_states TO intent_engine;
GRANT SELECT ON workflow_graph_states (graph_name, graph_version, state, step_number, step_key, terminal) TO intent_reader;
GRANT SELECT ON workflow_graphs TO intent_engine;
GRANT SELECT ON workflow_graphs (name, version, initial_state, definition, fingerprint, registered_at, registered_by) TO intent_reader;
GRANT INSERT, SELECT ON workflow_transition_audit TO intent_engine;
GRANT SELECT ON workflow_transition_audit (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor, metadata, transitioned_at, created_at, personal_digest, hash, kind, graph_version) TO intent_reader;
GRANT SELECT ON workflow_transition_audit_all TO intent_engine;
GRANT SELECT ON workflow_transition_audit_all TO intent_reader;
GRANT SELECT ON workflow_transition_audit_archive TO intent_engine;
GRANT SELECT ON workflow_transition_audit_archive (workflow_id, organization_id, sequence, request_id, previous_state, new_state, transition_reason, actor, metadata, transitioned_at, created_at, personal_digest, hash, ended_at, kind, graph_version) TO intent_reader;
GRANT INSERT, SELECT ON workflow_transition_conflicts TO intent_engine;
GRANT SELECT ON workflow_transition_conflicts (id, workflow_id, organization_id, attempted, stored, sqlstate, message, detected_at) TO intent_reader;
GRANT INSERT, SELECT ON workflow_transition_rejections TO intent_engine;
GRANT SELECT ON workflow_transition_rejections (workflow_id, organization_id, number, request_id, code, message, state, requested_state, transition_reason, actor, rejected_at, created_at) TO intent_reader;
GRANT SELECT ON workflow_transition_rejections_all TO intent_engine;
GRANT SELECT ON workflow_transition_rejections_all TO intent_reader;
GRANT SELECT ON workflow_transition_rejections_archive TO intent_engine;
GRANT SELECT ON workflow_transition_rejections_archive (workflow_id, organization_id, number, request_id, code, message, state, requested_state, transition_reason, actor, rejected_at, created_at, ended_at) TO intent_reader;
GRANT SELECT ON workflow_transition_repairs TO intent_engine;
GRANT SELECT ON workflow_transition_repairs (id, workflow_id, organization_id, table_name, stored, reason, repaired_at, repaired_by) TO intent_reader;
GRANT INSERT, SELECT ON workflow_transition_votes TO intent_engine;
GRANT SELECT ON workflow_transition_votes (workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state, graph_version, role, actor, on_behalf_of, reason, metadata, expires, votes, needed, voted_at, created_at) TO intent_reader;
GRANT SELECT ON workflow_transition_votes_all TO intent_engine;
GRANT SELECT ON workflow_transition_votes_all TO intent_reader;
GRANT SELECT ON workflow_transition_votes_archive TO intent_engine;
GRANT SELECT ON workflow_transition_votes_archive (workflow_id, organization_id, number, kind, request_id, entry, from_state, to_state, graph_version, role, actor, on_behalf_of, reason, metadata, expires, votes, needed, voted_at, created_at, ended_at) TO intent_reader;

-- Comments

COMMENT ON TABLE intent_api_key_events IS 'What was done to keys, by whom; append-only. The table of the keys writes it by itself.';
COMMENT ON COLUMN intent_api_key_events.login IS 'Role of the database session.';
COMMENT ON COLUMN intent_api_key_events.actor IS 'Who that was, as the session said in intent.actor; null where it did not.';
COMMENT ON TABLE intent_api_keys IS 'Keys of the HTTP API. The secret is shown once, when a key is made; here is its hash.';
COMMENT ON COLUMN intent_api_keys.id IS 'Public part of the key, by which it is looked up.';
COMMENT ON COLUMN intent_api_keys.actor IS 'What audit rows of its requests say in actor.';
COMMENT ON COLUMN intent_api_keys.secret_hash IS 'SHA-256 of the secret, which has 256 random bits: nothing to guess, so nothing to slow down.';
COMMENT ON COLUMN intent_api_keys.roles IS 'In which roles it may vote.';
COMMENT ON COLUMN intent_api_keys.requests_per_minute IS 'Null: as many as the gateway allows by default.';
COMMENT ON COLUMN intent_api_keys.replaces IS 'Key in whose place this one was made.';
COMMENT ON COLUMN intent_api_keys.last_used_at IS 'Within a minute.';
COMMENT ON TABLE intent_archive_files IS 'Files that hold archived rows, each with its signed manifest.';
COMMENT ON TABLE intent_archives IS 'Intents whose audit rows and rejections are in the archive.';
COMMENT ON COLUMN intent_archives.rejections IS 'How many were archived; later ones stay where they are.';
COMMENT ON COLUMN intent_archives.file IS 'File that holds the rows; null where the archive tables do.';
COMMENT ON COLUMN intent_archives.votes IS 'How many votes were archived.';
COMMENT ON TABLE intent_erasures IS 'Intents whose personal fields were erased, and why.';
COMMENT ON TABLE intent_event_feeds IS 'How far the events of each organization have come.';
COMMENT ON COLUMN intent_event_feeds.removed_to IS 'Events up to this position are no longer kept.';
COMMENT ON TABLE intent_event_outbox IS 'Events that have no position yet. Emptied by intent_publish_events.';
COMMENT ON TABLE intent_events IS 'What has happened, in an order to go on from. Only names rows of other tables, and is kept for 30 days.';
COMMENT ON COLUMN intent_events."position" IS 'Among the organization''s events, from 1, without gaps.';
COMMENT ON COLUMN intent_events.row_number IS 'For a transition: sequence in workflow_transition_audit; for a vote: number in workflow_transition_votes.';
COMMENT ON TABLE intent_organization_roles IS 'Roles that read one organization, whatever their session sets. Kept by the owner.';
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
COMMENT ON TABLE intent_webhook_dead_letters IS 'Events that no attempt could deliver.';
COMMENT ON COLUMN intent_webhook_dead_letters.row_number IS 'As in intent_events.';
COMMENT ON COLUMN intent_webhook_dead_letters.last_response IS 'How the body of the last answer begins.';
COMMENT ON COLUMN intent_webhook_dead_letters.replayed_at IS 'When it was handed on to be delivered once more. Null again if that failed, too.';
COMMENT ON TABLE intent_webhook_secrets IS 'What messages are signed with. The engine alone reads it; the gateway writes it.';
COMMENT ON COLUMN intent_webhook_secrets.expires_at IS 'Set when another one has taken its place: both sign until then.';
COMMENT ON TABLE intent_webhooks IS 'Receivers of an organization''s events.';
COMMENT ON COLUMN intent_webhooks.kinds IS 'Of events that it is told of; null: all.';
COMMENT ON COLUMN intent_webhooks.states IS 'Transitions into these are told; null: all.';
COMMENT ON COLUMN intent_webhooks.start_position IS 'Of the organization''s events when it was made: it is told of later ones.';
COMMENT ON COLUMN intent_webhooks."position" IS 'Events up to this one are handed on to be delivered.';
COMMENT ON COLUMN intent_webhooks.round IS 'Counts how often the position was set back: what was delivered in an earlier round is delivered again.';
COMMENT ON COLUMN intent_webhooks.disabled_because IS 'deleted: by the organization; gone: the receiver answered 410.';
COMMENT ON TABLE intent_worker_starts IS 'One row a start of a worker, removed after 30 days.';
COMMENT ON COLUMN intent_worker_starts.problem IS 'Why it refused to start; null: it started.';
COMMENT ON TABLE intent_workflows IS 'One row an intent: the state that its last audit row led to.';
COMMENT ON COLUMN intent_workflows.id IS 'Also the Workflow ID in Temporal.';
COMMENT ON COLUMN intent_workflows.sequence IS 'Sequence of the last audit row.';
COMMENT ON COLUMN intent_workflows.audit_hash IS 'Hash of the last audit row.';
COMMENT ON COLUMN intent_workflows.graph_version IS 'Version that the intent follows now; a migration changes it.';
COMMENT ON COLUMN intent_workflows.run_id IS 'Temporal run that created the intent, the first of its chain.';
COMMENT ON COLUMN intent_workflows.personal_salt IS 'Goes into every personal_digest of the intent, so that none can be guessed once the personal fields are erased.';
COMMENT ON COLUMN intent_workflows.ended_at IS 'When a terminal state was reached.';
COMMENT ON COLUMN intent_workflows.parent_id IS 'Workflow that started this one as its child, if any: an intent''s id.';
COMMENT ON COLUMN intent_workflows.first_graph_version IS 'Version that it was created with, once a migration has changed it; until then null.';
COMMENT ON TABLE workflow_graphs IS 'Registered graphs. A registered version never changes.';
COMMENT ON COLUMN workflow_graphs.fingerprint IS 'SHA-256 of the definition as canonical JSON, hexadecimal.';
COMMENT ON TABLE workflow_transition_audit IS 'One row a transition, append-only, chained by hash per intent.';
COMMENT ON COLUMN workflow_transition_audit.transitioned_at IS 'When the transition was decided, or happened, if imported.';
COMMENT ON COLUMN workflow_transition_audit.created_at IS 'When this row was inserted. Not part of the hash.';
COMMENT ON COLUMN workflow_transition_audit.personal_digest IS 'intent_personal_digest(salt of the intent, this row): stands in the hash for reason, actor and metadata.';
COMMENT ON COLUMN workflow_transition_audit.hash IS 'intent_audit_hash(hash of the row before, this row).';
COMMENT ON COLUMN workflow_transition_audit.kind IS 'What moved the intent: transition (an app), work, children, deadline, approval, cancellation, undo, force, reopen, migration, pause, resume.';
COMMENT ON COLUMN workflow_transition_audit.graph_version IS 'Version of the intent''s graph after this row; null in rows that were written before it was kept.';
COMMENT ON TABLE workflow_transition_audit_all IS 'Audit rows, the archived ones included, but for those in files.';
COMMENT ON TABLE workflow_transition_audit_archive IS 'Audit rows of intents that have ended, moved from workflow_transition_audit.';
COMMENT ON COLUMN workflow_transition_audit_archive.ended_at IS 'When the intent ended: decides the partition.';
COMMENT ON TABLE workflow_transition_conflicts IS 'Evidence: rows that were refused because they contradict what is stored, beside what is stored.';
COMMENT ON TABLE workflow_transition_rejections IS 'One row a rejected request, append-only.';
COMMENT ON COLUMN workflow_transition_rejections.number IS 'Position among the intent''s rejections, from 1.';
COMMENT ON TABLE workflow_transition_rejections_all IS 'Rejections, the archived ones included, but for those in files.';
COMMENT ON TABLE workflow_transition_rejections_archive IS 'Rejections of intents that have ended, moved from workflow_transition_rejections.';
COMMENT ON TABLE workflow_transition_repairs IS 'Evidence: rows as they were before a repair replaced them with what Temporal knows.';
COMMENT ON TABLE workflow_transition_votes IS 'One row a vote for an edge that needs approvals, and one for each vote that expired; append-only.';
COMMENT ON COLUMN workflow_transition_votes.number IS 'Position among the intent''s votes, from 1.';
COMMENT ON COLUMN workflow_transition_votes.entry IS 'Sequence of the audit row that led into from_state: a vote counts for this stay only.';
COMMENT ON COLUMN workflow_transition_votes.graph_version IS 'Version of the intent''s graph that the vote was judged by.';
COMMENT ON COLUMN workflow_transition_votes.expires IS 'Number of the vote that no longer counts; null for one that was cast.';
COMMENT ON COLUMN workflow_transition_votes.votes IS 'How many counted for the edge after this row.';
COMMENT ON COLUMN workflow_transition_votes.needed IS 'How many the edge needs.';
COMMENT ON TABLE workflow_transition_votes_all IS 'Votes, the archived ones included, but for those in files.';
COMMENT ON TABLE workflow_transition_votes_archive IS 'Votes of intents that have ended, moved from workflow_transition_votes.';
