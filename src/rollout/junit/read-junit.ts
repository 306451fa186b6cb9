import { DOMParser, type Document, type Element } from '@xmldom/xmldom';

/** What a file of test results says. */
export interface JunitResults {
  cases: JunitCase[];
  /** The oldest that it names; `undefined` where it names none. */
  at: Date | undefined;
  properties: Record<string, string>;
}

interface JunitCase {
  suite: string;
  classname: string;
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  message: string;
}

/** @throws Error when it is no JUnit XML */
export function readJunit(text: string): JunitResults {
  const document = parse(text);
  const root = document.documentElement;
  if (root === null || !['testsuites', 'testsuite'].includes(root.tagName)) {
    throw new Error('it is no JUnit XML: its first element is neither testsuites nor testsuite');
  }
  const times = elements(document, 'testsuite')
    .map((suite) => Date.parse(withZone(suite.getAttribute('timestamp') ?? '')))
    .filter((time) => !Number.isNaN(time));
  return {
    cases: elements(document, 'testcase').map(caseOf),
    at: times.length === 0 ? undefined : new Date(Math.min(...times)),
    properties: Object.fromEntries(
      elements(document, 'property').map((each) => [
        each.getAttribute('name') ?? '',
        each.getAttribute('value') ?? '',
      ]),
    ),
  };
}

function caseOf(element: Element): JunitCase {
  const child = (name: string) => element.getElementsByTagName(name).item(0);
  const problem = child('failure') ?? child('error');
  const leftOut = child('skipped');
  const parent = element.parentNode as Element | null;
  return {
    suite: parent?.getAttribute('name') ?? '',
    classname: element.getAttribute('classname') ?? '',
    name: element.getAttribute('name') ?? '',
    status: problem !== null ? 'failed' : leftOut !== null ? 'skipped' : 'passed',
    message: (problem ?? leftOut)?.getAttribute('message') ?? '',
  };
}

function parse(text: string): Document {
  const complaints: string[] = [];
  const parser = new DOMParser({
    locator: false,
    onError: (level, message) => {
      if (level !== 'warning') complaints.push(message.split('\n', 1)[0] ?? message);
    },
  });
  let document: Document | undefined;
  try {
    document = parser.parseFromString(text, 'text/xml');
  } catch (error) {
    complaints.push((error as Error).message.split('\n', 1)[0] ?? '');
  }
  if (document === undefined || complaints.length > 0)
    throw new Error(`it is no XML: ${complaints.join('; ')}`);
  return document;
}

function elements(document: Document, name: string): Element[] {
  return Array.from(document.getElementsByTagName(name));
}

/** Most write no zone and mean UTC. */
function withZone(timestamp: string): string {
  return /T[\d:.]+$/.test(timestamp) ? `${timestamp}Z` : timestamp;
}
