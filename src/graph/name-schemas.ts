import { z } from 'zod';

import { GRAPH_LIMITS } from './limits';
import { isStorableText, NOT_STORABLE } from './storable-text';

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const stateForm = /^[A-Za-z][A-Za-z0-9_]*$/;

export const graphNameSchema = z
  .string()
  .max(GRAPH_LIMITS.nameLength, { error: `must have at most ${GRAPH_LIMITS.nameLength} characters` })
  .regex(kebabCase, { error: 'must be in kebab-case and begin with a letter, such as `content-intent`' });

export const graphVersionSchema = z
  .int({ error: 'must be a whole number, such as 1' })
  .min(1, { error: 'must be 1 or more' })
  .max(GRAPH_LIMITS.version, { error: `must be at most ${GRAPH_LIMITS.version}` });

export const stateSchema = z
  .string()
  .max(GRAPH_LIMITS.stateNameLength, {
    error: `a state name must have at most ${GRAPH_LIMITS.stateNameLength} characters`,
  })
  .regex(stateForm, {
    error: 'a state name must begin with a letter and go on with letters, digits and underscores',
  });

/** A text that is not empty, has a bounded length and can be stored. */
export function textSchema(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .refine(isStorableText, { error: NOT_STORABLE });
}

/** A whole number from 1. */
export function countSchema(most: number): z.ZodInt {
  return z
    .int({ error: 'must be a whole number' })
    .min(1, { error: 'must be 1 or more' })
    .max(most, { error: `must be at most ${most}` });
}
