import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Imports go one way, held by folder: what a folder may import of src, beside itself. */
const mayImport = {
  graph: [],
  intent: ['graph'],
  temporal: [],
  tracing: [],
  'graph-file': ['graph'],
  'graph-pictures': ['graph'],
  workflows: ['graph', 'intent'],
  database: ['graph', 'intent'],
  bundle: ['graph', 'intent'],
  webhooks: ['database'],
  activities: ['graph', 'intent', 'database', 'ops', 'webhooks', 'workflows/activities.ts'],
  client: ['graph', 'intent', 'temporal', 'database'],
  'http-client': ['client/intents.ts', 'client/errors.ts'],
  worker: [
    'tracing',
    'graph',
    'intent',
    'package',
    'logging',
    'database',
    'graph-file',
    'bundle',
    'activities',
    'ops',
    'workflows',
  ],
  package: [],
  logging: [],
  gateway: [
    'tracing',
    'graph',
    'intent',
    'temporal',
    'database',
    'client',
    'package',
    'logging',
    'webhooks',
    'workflows/activities.ts',
  ],
  schedule: ['intent'],
  import: ['graph', 'intent', 'temporal', 'database', 'graph-file', 'client'],
  archive: ['graph', 'intent', 'database'],
  ops: ['graph', 'intent', 'temporal', 'database', 'archive', 'workflows/audit-sink.ts', 'bundle'],
  migration: ['graph', 'intent', 'database', 'client', 'ops'],
  cli: [
    'graph',
    'intent',
    'temporal',
    'database',
    'graph-file',
    'graph-pictures',
    'client',
    'import',
    'archive',
    'ops',
    'migration',
    'schedule',
    'package',
    'dev',
  ],
  dev: ['intent', 'database', 'schedule'],
  demo: ['graph', 'client', 'cli', 'dev'],
};

const zones = Object.entries(mayImport).map(([folder, allowed]) => ({
  target: `./src/${folder}`,
  from: './src',
  except: [folder, ...allowed].map((path) => `./${path}`),
  message: `src/${folder} may import ${allowed.join(', ') || 'nothing else of src'}.`,
}));

export default tseslint.config(
  { ignores: ['**/dist/', '.data/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js', '.json'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones }],
    },
  },
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
);
