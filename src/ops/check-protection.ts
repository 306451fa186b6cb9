import type { Pool } from 'pg';

import { readGraphs } from '../database/read-graphs';
import { problemsOfRegistered } from '../database/registered-graph-problems';
import { formatGraphReference } from '../graph';
import type { Finding } from './findings';

/** The triggers that hold the rules, by table. A test holds them equal to those of the migrations. */
export const PROTECTING_TRIGGERS: Readonly<Record<string, readonly string[]>> = {
  intent_api_key_events: ['refuse_change'],
  intent_api_keys: ['check_change', 'record_change', 'refuse_truncate'],
  intent_archive_files: ['refuse_change'],
  intent_archives: ['check_ended', 'check_refiling', 'refuse_delete'],
  intent_erasures: ['check_ended', 'refuse_change'],
  intent_verifications: ['refuse_change'],
  intent_workflows: ['check_creation_row', 'check_move', 'check_new', 'refuse_delete'],
  workflow_graph_edges: ['check_part', 'refuse_change'],
  workflow_graph_states: ['check_part', 'refuse_change'],
  workflow_graphs: ['refuse_change'],
  workflow_transition_audit: [
    'announce',
    'check_change',
    'check_row',
    'check_votes',
    'move_state',
    'refuse_truncate',
  ],
  workflow_transition_audit_archive: ['check_change', 'check_copy', 'refuse_truncate'],
  workflow_transition_conflicts: ['check_change', 'refuse_truncate'],
  workflow_transition_rejections: ['check_change', 'refuse_truncate', 'skip_archived'],
  workflow_transition_rejections_archive: ['check_change', 'check_copy', 'refuse_truncate'],
  workflow_transition_repairs: ['check_change', 'refuse_truncate'],
  workflow_transition_votes: ['announce', 'check_change', 'check_vote', 'refuse_truncate'],
  workflow_transition_votes_archive: ['check_change', 'check_copy', 'refuse_truncate'],
};

/** Tables whose row level security must be on. A test holds them equal to those of the migrations. */
export const SECURED: readonly string[] = [
  ...Object.keys(PROTECTING_TRIGGERS),
  'intent_event_feeds',
  'intent_event_outbox',
  'intent_events',
  'intent_organization_roles',
  'intent_webhook_dead_letters',
  'intent_webhook_secrets',
  'intent_webhooks',
  'intent_worker_starts',
];

/** Whether what protects the tables is in force, and the registered graphs are what was registered. */
export async function checkProtection(pool: Pool): Promise<Finding[]> {
  const [tables, triggers, graphs] = await Promise.all([
    pool.query<{ name: string; secured: boolean }>(
      `SELECT relname AS name, relrowsecurity AS secured FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname = ANY ($1)`,
      [SECURED],
    ),
    // O: fires as usual; A: always. A disabled one is D, one for replicas only R.
    pool.query<{ name: string }>(
      `SELECT c.relname || '.' || t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')`,
    ),
    readGraphs(pool),
  ]);
  const inForce = new Set(triggers.rows.map(({ name }) => name));
  const secured = new Set(tables.rows.flatMap(({ name, secured: on }) => (on ? [name] : [])));
  return [
    ...Object.entries(PROTECTING_TRIGGERS).flatMap(([table, names]) => [
      ...names
        .filter((name) => !inForce.has(`${table}.${name}`))
        .map((name) => protectionOff(`the trigger ${name} of ${table} is not in force`)),
    ]),
    ...SECURED.filter((table) => !secured.has(table)).map((table) =>
      protectionOff(`row level security of ${table} is off`),
    ),
    ...graphs.flatMap((graph) =>
      problemsOfRegistered(graph).map((problem) => ({
        code: 'GRAPH_ALTERED' as const,
        detail: `${formatGraphReference(graph)}: ${problem}`,
      })),
    ),
  ];
}

function protectionOff(detail: string): Finding {
  return { code: 'PROTECTION_OFF', detail };
}
