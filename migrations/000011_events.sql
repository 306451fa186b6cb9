-- What has happened to an organization's intents, in an order that whoever listens can go on from.
--
-- Transactions become visible in another order than they began in, so no column that a row gets when it is inserted can
-- be gone on from: a row that becomes visible late would be missed. Rows therefore get their position afterwards, once
-- they are visible, by one session at a time for each organization. Positions are counted for each organization: from
-- gaps in a common count a tenant could tell how much others do.

CREATE TABLE intent_event_outbox (
  organization_id uuid NOT NULL,
  number bigint GENERATED ALWAYS AS IDENTITY,
  workflow_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('transition', 'vote')),
  row_number integer NOT NULL,
  PRIMARY KEY (organization_id, number)
);
COMMENT ON TABLE intent_event_outbox IS 'Events that have no position yet. Emptied by intent_publish_events.';

CREATE TABLE intent_events (
  organization_id uuid NOT NULL,
  position bigint NOT NULL CHECK (position >= 1),
  workflow_id uuid NOT NULL,
  kind text NOT NULL,
  row_number integer NOT NULL,
  published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (organization_id, position)
);
COMMENT ON TABLE intent_events IS
  'What has happened, in an order to go on from. Only names rows of other tables, and is kept for 30 days.';
COMMENT ON COLUMN intent_events.position IS 'Among the organization''s events, from 1, without gaps.';
COMMENT ON COLUMN intent_events.row_number IS
  'For a transition: sequence in workflow_transition_audit; for a vote: number in workflow_transition_votes.';

CREATE TABLE intent_event_feeds (
  organization_id uuid PRIMARY KEY,
  last_position bigint NOT NULL DEFAULT 0,
  removed_to bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE intent_event_feeds IS 'How far the events of each organization have come.';
COMMENT ON COLUMN intent_event_feeds.removed_to IS 'Events up to this position are no longer kept.';

-- Rows of one intent follow each other by the lock on its row, so their numbers are in the order of their sequences.
CREATE FUNCTION intent_announce() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO public.intent_event_outbox (organization_id, workflow_id, kind, row_number)
  VALUES (NEW.organization_id, NEW.workflow_id, TG_ARGV[0], (to_jsonb(NEW) ->> TG_ARGV[1])::integer);
  RETURN NULL;
END
$$;

CREATE TRIGGER announce AFTER INSERT ON workflow_transition_audit
  FOR EACH ROW EXECUTE FUNCTION intent_announce('transition', 'sequence');
CREATE TRIGGER announce AFTER INSERT ON workflow_transition_votes
  FOR EACH ROW EXECUTE FUNCTION intent_announce('vote', 'number');

-- Gives positions to what waits for one, and removes what is old. Returns the last position; null while another session
-- does the same for the organization.
CREATE FUNCTION intent_publish_events(p_organization_id uuid, p_most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
$$;

ALTER TABLE intent_event_outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE intent_event_feeds ENABLE ROW LEVEL SECURITY;
CREATE POLICY reader_reads_own ON intent_events FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY reader_reads_own ON intent_event_feeds FOR SELECT TO intent_reader
  USING (organization_id = (SELECT intent_current_organization()));
CREATE POLICY engine_reads ON intent_events FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON intent_event_feeds FOR SELECT TO intent_engine USING (true);
CREATE POLICY engine_reads ON intent_event_outbox FOR SELECT TO intent_engine USING (true);
GRANT SELECT ON intent_events, intent_event_feeds TO intent_engine, intent_reader;
GRANT SELECT ON intent_event_outbox TO intent_engine;
GRANT EXECUTE ON FUNCTION intent_publish_events(uuid, integer) TO intent_engine, intent_gateway;

-- As in 000005: the estimates of EXPLAIN must not tell of others.
ALTER TABLE intent_events ALTER organization_id SET STATISTICS 0, ALTER workflow_id SET STATISTICS 0;
ALTER TABLE intent_event_feeds ALTER organization_id SET STATISTICS 0, ALTER last_position SET STATISTICS 0;

SELECT intent_close_privileges();
