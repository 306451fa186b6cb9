/** What became of an audit. */
export type AuditVerdict =
  | { verdict: 'clean' }
  | { verdict: 'findings'; findings: Finding[] }
  /** Nobody has looked: the registry gave no answer, or has no audits. */
  | { verdict: 'not audited'; reason: string };

interface Finding {
  name: string;
  severity: string;
  range: string;
  /** Where it is described. */
  urls: string[];
}

const SEVERE = ['high', 'critical'];

/**
 * Judges what `npm audit --json` printed. Only a report says that all is well: anything else was no audit.
 *
 * @param output standard output of npm, whatever its exit code
 */
export function judgeAudit(output: string): AuditVerdict {
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    return { verdict: 'not audited', reason: 'npm printed no JSON' };
  }
  const { vulnerabilities, message, error } = report as {
    vulnerabilities?: Record<string, { severity: string; range: string; via: (string | { url: string })[] }>;
    message?: string;
    error?: { summary?: string };
  };
  if (vulnerabilities === undefined) {
    return { verdict: 'not audited', reason: message || error?.summary || 'npm printed no report' };
  }
  const findings = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => SEVERE.includes(severity))
    .map(([name, { severity, range, via }]) => ({
      name,
      severity,
      range,
      urls: via.flatMap((cause) => (typeof cause === 'string' ? [] : [cause.url])),
    }));
  return findings.length === 0 ? { verdict: 'clean' } : { verdict: 'findings', findings };
}
