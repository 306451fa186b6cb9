import { InvalidArgumentError, Option } from 'commander';

import { CLIENT_LIMITS } from '../client/limits';
import { INTENTS_TASK_QUEUE, isIntentId, occurredAtSchema, type Metadata } from '../intent';
import { formatDuration, parseDuration } from '../schedule/duration';
import { UsageError } from './cli';

/** Options that several commands share. */
export function taskQueueOption(): Option {
  return new Option('--task-queue <name>', 'task queue of the workers').default(INTENTS_TASK_QUEUE);
}

export function timeoutOption(): Option {
  return new Option('--timeout <seconds>', 'how long to wait for an answer')
    .default(CLIENT_LIMITS.timeoutMs / 1_000)
    .argParser((text) => positiveNumber(text, CLIENT_LIMITS.longestTimeoutMs / 1_000));
}

/** An age such as `90d`, or `0s` for any, in milliseconds. */
export function age(text: string): number {
  const seconds = /^0[smhd]$/.test(text) ? 0 : parseDuration(text);
  if (seconds === undefined) {
    throw new InvalidArgumentError('Not a duration, such as 90d, 12h, 30m or 45s.');
  }
  return seconds * 1_000;
}

/** An age with a default, in milliseconds, which the help shows as people write it. */
export function ageOption(flags: string, description: string, ms: number): Option {
  return new Option(flags, description).default(ms, formatDuration(ms / 1_000)).argParser(age);
}

/** A time with an offset: without one it would mean another time on another machine. */
export function time(text: string): Date {
  const parsed = occurredAtSchema.safeParse(text);
  if (parsed.success) return new Date(parsed.data);
  throw new InvalidArgumentError('Not a time with an offset, such as 2026-01-31T09:00:00Z.');
}

export interface MetadataOption {
  metadata?: Metadata;
}

export function metadataOption(): Option {
  return new Option('--metadata <json>', 'a JSON object to keep with it').argParser((text) => {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
    throw new InvalidArgumentError(`Not a JSON object, such as '{"ticket":17}'.`);
  });
}

/** @throws UsageError when one of the ids, or the organization, is no UUID. */
export function checkIntentSelection(ids: readonly string[], organization: string | undefined): void {
  const wrong = ids.find((id) => !isIntentId(id));
  if (wrong !== undefined)
    throw new UsageError(`id: must be a UUID in lower case, not ${JSON.stringify(wrong)}`);
  if (organization !== undefined && !isIntentId(organization.toLowerCase())) {
    throw new UsageError(`--organization: must be a UUID, not "${organization}"`);
  }
}

/** Commander puts the option's name before the message. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Not a positive whole number.');
}

function positiveNumber(text: string, most: number): number {
  const value = Number(text);
  if (/^[0-9]+([.][0-9]+)?$/.test(text) && value > 0 && value <= most) return value;
  throw new InvalidArgumentError(`Not a number above 0 and up to ${most}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
