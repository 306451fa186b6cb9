import type { Picture } from './picture';
import { toDot } from './to-dot';

/**
 * The picture as SVG, laid out by Graphviz, which is compiled to WebAssembly: nothing has to be installed. Its 1.2 MB are
 * loaded at the first call.
 */
export async function toSvg(picture: Picture): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(toDot(picture), { format: 'svg', engine: 'dot' });
}
