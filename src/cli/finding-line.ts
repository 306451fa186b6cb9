import { formatFinding, type Finding } from '../ops/findings';
import { red, type Line } from './painted';

/** A finding with its code in front, which is what one looks for. */
export function findingLine(finding: Finding): Line {
  return [red(finding.code), formatFinding(finding).slice(finding.code.length)];
}
