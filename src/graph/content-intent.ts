import { defineGraph } from './define-graph';
import type { GraphState } from './graph';
import { listSteps } from './steps';

/** The built-in graph `content-intent@1`: a piece of content from the customer's profile to its publication. */
export const contentIntentGraph = defineGraph({
  name: 'content-intent',
  version: 1,
  title: 'Content intent',
  description: 'A piece of content, from the ideal customer profile to the published article.',
  steps: [
    {
      key: 'icp',
      label: 'Ideal customer profile',
      states: ['CREATED', 'ICP_PENDING', 'ICP_PROCESSING', 'ICP_FAILED'],
    },
    {
      key: 'competitors',
      label: 'Competitors',
      states: ['ICP_COMPLETED', 'COMPETITOR_PENDING', 'COMPETITOR_PROCESSING', 'COMPETITOR_FAILED'],
    },
    {
      key: 'keywords',
      label: 'Keywords',
      states: [
        'COMPETITOR_COMPLETED',
        'SEED_REVIEW_PENDING',
        'SEED_REVIEW_COMPLETED',
        'CLUSTERING_PENDING',
        'CLUSTERING_PROCESSING',
        'CLUSTERING_FAILED',
      ],
    },
    { key: 'topics', label: 'Topics', states: ['CLUSTERING_COMPLETED'] },
    {
      key: 'validation',
      label: 'Validation',
      states: ['VALIDATION_PENDING', 'VALIDATION_PROCESSING', 'VALIDATION_COMPLETED', 'VALIDATION_FAILED'],
    },
    {
      key: 'article',
      label: 'Article',
      states: ['ARTICLE_PENDING', 'ARTICLE_PROCESSING', 'ARTICLE_COMPLETED', 'ARTICLE_FAILED'],
    },
    {
      key: 'publish',
      label: 'Publication',
      states: ['PUBLISH_PENDING', 'PUBLISH_PROCESSING', 'PUBLISH_COMPLETED', 'PUBLISH_FAILED'],
    },
  ],
  transitions: {
    CREATED: ['ICP_PENDING', 'CANCELLED'],

    ICP_PENDING: ['ICP_PROCESSING', 'CANCELLED'],
    ICP_PROCESSING: ['ICP_COMPLETED', 'ICP_FAILED', 'CANCELLED'],
    ICP_FAILED: ['ICP_PROCESSING', 'CANCELLED'],
    ICP_COMPLETED: ['COMPETITOR_PENDING', 'CANCELLED'],

    COMPETITOR_PENDING: ['COMPETITOR_PROCESSING', 'CANCELLED'],
    COMPETITOR_PROCESSING: ['COMPETITOR_COMPLETED', 'COMPETITOR_FAILED', 'CANCELLED'],
    COMPETITOR_FAILED: ['COMPETITOR_PROCESSING', 'CANCELLED'],
    COMPETITOR_COMPLETED: ['SEED_REVIEW_PENDING', 'CANCELLED'],

    // A person decides here.
    SEED_REVIEW_PENDING: ['SEED_REVIEW_COMPLETED', 'CANCELLED'],
    SEED_REVIEW_COMPLETED: ['CLUSTERING_PENDING', 'CANCELLED'],

    CLUSTERING_PENDING: ['CLUSTERING_PROCESSING', 'CANCELLED'],
    CLUSTERING_PROCESSING: ['CLUSTERING_COMPLETED', 'CLUSTERING_FAILED', 'CANCELLED'],
    CLUSTERING_FAILED: ['CLUSTERING_PROCESSING', 'CANCELLED'],
    CLUSTERING_COMPLETED: ['VALIDATION_PENDING', 'CANCELLED'],

    VALIDATION_PENDING: ['VALIDATION_PROCESSING', 'CANCELLED'],
    VALIDATION_PROCESSING: ['VALIDATION_COMPLETED', 'VALIDATION_FAILED', 'CANCELLED'],
    VALIDATION_FAILED: ['VALIDATION_PROCESSING', 'CANCELLED'],
    VALIDATION_COMPLETED: ['ARTICLE_PENDING', 'CANCELLED'],

    ARTICLE_PENDING: ['ARTICLE_PROCESSING', 'CANCELLED'],
    ARTICLE_PROCESSING: ['ARTICLE_COMPLETED', 'ARTICLE_FAILED', 'CANCELLED'],
    ARTICLE_FAILED: ['ARTICLE_PROCESSING', 'CANCELLED'],
    ARTICLE_COMPLETED: ['PUBLISH_PENDING', 'CANCELLED'],

    PUBLISH_PENDING: ['PUBLISH_PROCESSING', 'CANCELLED'],
    PUBLISH_PROCESSING: ['PUBLISH_COMPLETED', 'PUBLISH_FAILED', 'CANCELLED'],
    PUBLISH_FAILED: ['PUBLISH_PROCESSING', 'CANCELLED'],
    PUBLISH_COMPLETED: ['COMPLETED', 'CANCELLED'],
  },
  terminal: ['COMPLETED', 'CANCELLED'],
});

export type ContentIntentState = GraphState<typeof contentIntentGraph>;

/** The ordered steps of `content-intent@1`. */
export const WORKFLOW_STEPS = listSteps(contentIntentGraph);
