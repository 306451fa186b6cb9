import { DOMImplementation, XMLSerializer, type Document, type Element } from '@xmldom/xmldom';

import type { CheckReport } from '../check';
import { countsOf, type RolloutReport } from '../report';
import { legalXml } from './illegal';

/** A report as JUnit XML, for CI systems: each check is a test case of one suite. */
export function junitOf(report: RolloutReport): string {
  const { command, checks, startedAt, seconds, version, about } = report;
  const document = new DOMImplementation().createDocument(null, 'testsuites');
  const root = document.documentElement as Element;
  const { failed, skipped } = countsOf(checks);
  const totals = {
    name: command,
    tests: checks.length,
    failures: failed,
    errors: 0,
    skipped,
    time: seconds,
    timestamp: startedAt.toISOString(),
  };
  set(root, totals);
  const suite = add(document, root, 'testsuite', totals);
  const properties = add(document, suite, 'properties');
  for (const [name, value] of Object.entries({ version, ...about }))
    add(document, properties, 'property', { name, value });
  for (const check of checks) addCase(document, suite, command, check);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(document)}\n`;
}

function addCase(document: Document, suite: Element, command: string, check: CheckReport): void {
  const testcase = add(document, suite, 'testcase', {
    classname: command.replaceAll(' ', '.'),
    name: check.name,
    time: check.seconds,
  });
  if (check.status === 'failed') {
    const failure = add(document, testcase, 'failure', {
      message: check.saw[0] ?? check.title,
      type: 'check',
    });
    write(document, failure, [...check.saw, `Fix: ${check.fix ?? ''}`]);
  }
  if (check.status === 'skipped') add(document, testcase, 'skipped', { message: check.saw.join('; ') });
  const warnings = (check.warnings ?? []).map((warning) => `warning: ${warning}`);
  const lines = [
    `${check.step}: ${check.title}`,
    ...(check.status === 'passed' ? check.saw : []),
    ...warnings,
  ];
  write(document, add(document, testcase, 'system-out'), lines);
}

function add(
  document: Document,
  parent: Element,
  name: string,
  attributes: Readonly<Record<string, string | number>> = {},
): Element {
  const element = document.createElement(name);
  parent.appendChild(element);
  set(element, attributes);
  return element;
}

function set(element: Element, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, legalXml(String(value)));
}

function write(document: Document, element: Element, lines: readonly string[]): void {
  element.appendChild(document.createTextNode(legalXml(lines.join('\n'))));
}
