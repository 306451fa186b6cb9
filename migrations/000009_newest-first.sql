-- Lists of an organization's intents, newest first, a page at a time.
CREATE INDEX idx_intent_workflows_created ON intent_workflows (organization_id, created_at, id);
