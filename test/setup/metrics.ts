/** A metric's values by its labels as Prometheus reads them: `''` where it has none, `code="X"`. */
export type Samples = Record<string, number>;

/** What a process serves for Prometheus, by metric. */
export async function scrape(address: string): Promise<Record<string, Samples>> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const metrics: Record<string, Samples> = {};
  for (const [, name = '', labels = '', value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    (metrics[name] ??= {})[labels] = Number(value);
  }
  return metrics;
}
