import { InvalidArgumentError, Option } from 'commander';

import { suggest } from '../suggest';
import { PROPERTY_NAMES, type Property } from './profile';

/** Options that the commands of `intent config` share. */
export function propertyOption(): Option {
  return new Option('--prop <name>', `one of ${PROPERTY_NAMES.join(', ')}`).argParser(propertyNamed);
}

export function showSecretsOption(): Option {
  return new Option('--show-secrets', 'with the passwords');
}

export function dropCommentsOption(): Option {
  return new Option('--drop-comments', 'write the file although it has comments, which are lost');
}

function propertyNamed(text: string): Property {
  const property = PROPERTY_NAMES.find((name) => name === text);
  if (property !== undefined) return property;
  const one = suggest(text, PROPERTY_NAMES) || ` There are: ${PROPERTY_NAMES.join(', ')}.`;
  throw new InvalidArgumentError(`No property of a profile.${one}`);
}
