import type { Pool } from 'pg';

/** What a single statement needs: a pool, a connection, or what speaks for one organization. */
export type Queryable = Pick<Pool, 'query'>;
