import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

import { testWorkflowBundle } from '../setup/workflow-bundle';

interface Bundle {
  preloadModules(): void;
  importWorkflows(): Record<string, unknown>;
}

interface Evaluation {
  bundle: Bundle;
  /** Modules that were evaluated in a step, by their path. */
  evaluatedIn: (step: () => void) => string[];
  exportsOf: (id: string) => unknown;
}

/** Runs the bundle as a worker does. */
async function evaluation(): Promise<Evaluation> {
  const modules = new Map<string, { readonly exports: unknown }>();
  const cache = new Proxy(
    {},
    {
      get: (_, id: string) => modules.get(id),
      set: (_, id: string, module: { readonly exports: unknown }) => modules.set(id, module) === modules,
    },
  );
  const context = createContext({
    AsyncLocalStorage,
    TextEncoder,
    TextDecoder,
    AbortController,
    __webpack_module_cache__: cache,
  });
  runInContext(readFileSync(await testWorkflowBundle(), 'utf8'), context);
  const evaluatedIn = (step: () => void) => {
    const before = new Set(modules.keys());
    step();
    return [...modules.keys()].filter((id) => !before.has(id));
  };
  const bundle = runInContext('__TEMPORAL__', context) as Bundle;
  return { bundle, evaluatedIn, exportsOf: (id) => modules.get(id)?.exports };
}

test('for each intent only the code of the workflow itself is evaluated, and no library or schema again', async () => {
  const { bundle, evaluatedIn } = await evaluation();
  const shared = evaluatedIn(() => bundle.preloadModules());
  expect(shared).toContainEqual(expect.stringContaining('/graph/graph.ts'));
  expect(shared).toContainEqual(expect.stringContaining('/intent/decide.ts'));
  expect(shared).toContainEqual(expect.stringContaining('/node_modules/zod/'));

  const own = evaluatedIn(() => bundle.importWorkflows());
  expect(own).toContainEqual(expect.stringContaining('/workflows/intent-workflow.ts'));
  expect(own.filter((id) => !/\/src\/workflows\/|\/node_modules\/@temporalio\//.test(id))).toEqual([]);
});

test('the deep freeze of what is shared goes no further than the exports: it would break the schemas', async () => {
  const { bundle, evaluatedIn, exportsOf } = await evaluation();
  const shared = evaluatedIn(() => bundle.preloadModules());
  const unfrozen = shared.filter((id) => !Object.isFrozen(exportsOf(id)));
  expect(unfrozen).toEqual([expect.stringMatching(/\/bundle\/shared-modules\.ts$/)]);
});
