import '../graph';
import '../intent';

/**
 * What all intents of a worker share. These two folders and the libraries that they use are evaluated once; the rest of
 * the bundle is evaluated anew for each intent that a worker holds. Evaluating them took 29 ms and 1.6 MB for each.
 *
 * They are pure. What they remember (compiled expressions, indexes of graphs, zod's own notes) saves doing the same again,
 * and is the same whoever asks first.
 *
 * Temporal freezes what is shared, all the way down, but goes no further than what is frozen already. zod fills in its
 * schemas at their first use and can't be frozen like that, so here only the exports of each module are.
 */
const SHARED =
  /(?:^|\/)(?:(?:src|dist)\/(?:graph|intent)|node_modules\/(?:zod|@marcbachmann\/cel-js|temporal-(?:polyfill|utils)))\//;

/** By webpack: all modules of the bundle, and those that were evaluated. */
declare const __webpack_modules__: Record<string, unknown>;
declare const require: { readonly cache: Record<string, { readonly exports: unknown } | undefined> };

for (const id of Object.keys(__webpack_modules__)) {
  if (SHARED.test(id)) Object.freeze(require.cache[id]?.exports);
}
