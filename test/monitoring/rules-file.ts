import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { CHECKOUT } from '../../src/dev/checkout';

export const RULES_FILE = join(CHECKOUT, 'monitoring', 'rules', 'intents.rules.yaml');

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface Alert extends Rule {
  alert: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

export interface RulesFile {
  groups: { name: string; interval?: string; rules: Rule[] }[];
}

const rulesFile = (): RulesFile => parse(readFileSync(RULES_FILE, 'utf8')) as RulesFile;

export const rules = (): Rule[] => rulesFile().groups.flatMap((group) => group.rules);

export const alerts = (): Alert[] => rules().filter((rule): rule is Alert => rule.alert !== undefined);

/** The page that an alert links to, from the checkout's root, where no other place is configured. */
export const runbookOf = (alert: Alert): string =>
  (alert.annotations['runbook_url'] ?? '').replace(/^\{\{.*\{\{ else \}\}(.*)\{\{ end \}\}/, '$1');
