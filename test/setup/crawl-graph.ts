import { defineGraph, type Graph, type WorkRule } from '../../src/graph';

/** Pages are fetched, then indexed; each may fail and be tried again. */
export function crawlGraph(taskQueue: string, fetching: Partial<WorkRule> = {}, name = 'crawl'): Graph {
  return defineGraph({
    name,
    version: 1,
    steps: [
      { key: 'fetch', label: 'Fetch', states: ['NEW', 'FETCHING', 'FETCH_FAILED', 'FETCHED'] },
      { key: 'index', label: 'Index', states: ['INDEXING', 'INDEX_FAILED'] },
    ],
    transitions: {
      NEW: ['FETCHING', 'CANCELLED'],
      FETCHING: ['FETCHED', 'FETCH_FAILED', 'CANCELLED'],
      FETCH_FAILED: ['FETCHING', 'CANCELLED'],
      FETCHED: ['INDEXING', 'CANCELLED'],
      INDEXING: ['DONE', 'INDEX_FAILED', 'CANCELLED'],
      INDEX_FAILED: ['INDEXING', 'CANCELLED'],
    },
    terminal: ['DONE', 'CANCELLED'],
    work: {
      FETCHING: {
        activity: 'fetchPage',
        taskQueue,
        retry: { maximumAttempts: 2, initialInterval: 'PT0.1S' },
        ...(fetching as object),
        success: 'FETCHED',
        failure: 'FETCH_FAILED',
      },
      INDEXING: { activity: 'indexPage', taskQueue, success: 'DONE', failure: 'INDEX_FAILED' },
    },
  });
}
