import { Writable } from 'node:stream';

import { createLogger, type LoggerOptions } from '../../src/logging/create-logger';
import { logSettingsFromEnvironment } from '../../src/logging/log-settings';
import { temporalLogger } from '../../src/logging/temporal-logger';

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(part: Buffer, _encoding, done) {
      lines.push(JSON.parse(part.toString()) as Record<string, unknown>);
      done();
    },
  });
  return {
    lines,
    logger: createLogger({ name: 'test', level: 'trace', format: 'json', env: {}, stream, ...options }),
  };
}

test('of an error its message, stack, code and causes are logged, and not what else it holds', () => {
  const { lines, logger: log } = logger();
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (actor)=(ada) exists',
  });
  log.error({ err: new Error('not stored: postgres://e:s3cr3t@db/x', { cause }) }, 'failed');
  log.child({ part: 'child' }).error(new Error('Bearer s3cr3t-s3cr3t'));
  expect(lines).toMatchObject([
    {
      level: 'error',
      msg: 'failed',
      err: {
        message: 'not stored: postgres://e:***@db/x',
        cause: { code: '23505', message: 'duplicate key' },
      },
    },
    { part: 'child', err: { message: 'Bearer ***' } },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/s3cr3t|ada/);
  expect(JSON.stringify(lines)).toContain('create-logger.test.ts');
});

test('each line has the trace that it belongs to', () => {
  const trace: { id?: string } = {};
  const { lines, logger: log } = logger({ traceId: () => trace.id });
  log.info('outside');
  trace.id = '4bf92f3577b34da6a3ce929d0e0e4736';
  log.info('inside');
  expect(lines.map((line) => line['traceId'])).toEqual([undefined, trace.id]);
});

test("what Temporal's SDK logs comes through, its INFO as the level that it is given", () => {
  const { lines, logger: log } = logger({ level: 'info' });
  const temporal = temporalLogger(log, 'debug');
  temporal.info('Worker state changed', { state: 'RUNNING' });
  temporal.log('WARN', 'slow', { attempt: 3 });
  temporalLogger(log).info('transition', { sequence: 2 });
  expect(lines).toMatchObject([
    { level: 'warn', msg: 'slow', attempt: 3 },
    { level: 'info', msg: 'transition', sequence: 2 },
  ]);
});

test("what Temporal's SDK warns of and is meant is no warning", () => {
  const { lines, logger: log } = logger();
  temporalLogger(log).warn('No workflows registered, not polling for workflow tasks');
  temporalLogger(log).warn('Worker failed');
  expect(lines.map(({ level }) => level)).toEqual(['debug', 'warn']);
});

test('level and format come from the environment, or an error names the variable', () => {
  expect(logSettingsFromEnvironment({}, true)).toEqual({ level: 'info', format: 'pretty' });
  expect(logSettingsFromEnvironment({}, false)).toEqual({ level: 'info', format: 'json' });
  const chosen = { INTENT_LOG_LEVEL: 'WARN', INTENT_LOG_FORMAT: 'json' };
  expect(logSettingsFromEnvironment(chosen, true)).toEqual({ level: 'warn', format: 'json' });
  expect(() => logSettingsFromEnvironment({ INTENT_LOG_LEVEL: 'loud' }, true)).toThrow(
    'INTENT_LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent, not "loud"',
  );
  expect(() => logSettingsFromEnvironment({ INTENT_LOG_FORMAT: 'xml' }, true)).toThrow(
    'INTENT_LOG_FORMAT: must be one of json, pretty, not "xml"',
  );
});
