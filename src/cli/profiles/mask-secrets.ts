import { SECRETS, type Profile, type Property } from './profile';

const MASK = '***';

/** A value as it may be shown: passwords are replaced. */
function maskValue(property: Property, value: string): string {
  return SECRETS.includes(property) ? maskUrl(value) : value;
}

export function maskProfile(profile: Profile): Profile {
  const entries = Object.entries(profile) as [Property, string][];
  return Object.fromEntries(entries.map(([property, value]) => [property, maskValue(property, value)]));
}

/** The driver takes a password before the host and as a parameter. What is no URL is hidden altogether. */
function maskUrl(text: string): string {
  if (!URL.canParse(text)) return MASK;
  const url = new URL(text);
  if (url.password !== '') url.password = MASK;
  for (const name of [...url.searchParams.keys()]) {
    if (/pass|secret|token/i.test(name)) url.searchParams.set(name, MASK);
  }
  return url.href;
}
