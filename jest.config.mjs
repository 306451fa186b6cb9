import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }] },
  // These are published as ES modules only, and jest requires CommonJS.
  transformIgnorePatterns: [
    '/node_modules/(?!(node-pg-migrate|@marcbachmann|temporal-polyfill|temporal-utils|jose|cookie|content-disposition)/)',
  ],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testTimeout: 60_000,
  // Jest would leave one core out, and run one file after another on two. All files share one Temporal and one Postgres.
  maxWorkers: Math.min(4, availableParallelism()),
};
