import { z } from 'zod';

import { suggest } from '../suggest';

const text = z.string().min(1, 'must not be empty');
const postgresUrl = text.regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// or postgresql://');

const PROPERTIES = {
  database_url: postgresUrl,
  owner_database_url: postgresUrl,
  temporal_profile: text,
  temporal_address: text,
  temporal_namespace: text,
};

export type Property = keyof typeof PROPERTIES;

/** Which servers a command works with: one section `[profile.NAME]` of the file. */
export type Profile = Partial<Record<Property, string>>;

/** What is used where no other is named, as with Temporal's own profiles. */
export const DEFAULT_PROFILE = 'default';

export const PROPERTY_NAMES = Object.keys(PROPERTIES) as Property[];

/** Those that may hold a password. */
export const SECRETS: readonly Property[] = ['database_url', 'owner_database_url'];

const profileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be at most 64 letters, digits, _ and -, not first _ or -');

const profileSchema = z
  .strictObject(PROPERTIES)
  .partial()
  .refine(({ temporal_profile: profile, temporal_address: address, temporal_namespace: namespace }) => {
    return profile === undefined || (address ?? namespace) === undefined;
  }, 'temporal_profile says which address and namespace: delete it, or temporal_address and temporal_namespace');

const fileSchema = z.strictObject({ profile: z.record(profileName, profileSchema).default({}) });

/** The profiles of a parsed file, or what is wrong with it: a line for each problem, naming profile and property. */
export type CheckedProfiles =
  { ok: true; profiles: Record<string, Profile> } | { ok: false; problems: string[] };

export function checkProfiles(content: unknown): CheckedProfiles {
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return { ok: true, profiles: parsed.data.profile as Record<string, Profile> };
  return { ok: false, problems: parsed.error.issues.flatMap(problemsOf) };
}

/** Why a profile can't be named so. Of a file, {@link checkProfiles} looks at the names. */
export function problemOfName(name: string): string | undefined {
  return profileName.safeParse(name).error?.issues[0]?.message;
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const [, profile, ...properties] = issue.path;
  const place = profile === undefined ? '' : `profile ${String(profile)}: `;
  if (issue.code === 'unrecognized_keys') {
    const [what, known] = profile === undefined ? ['the file', ['profile']] : ['a profile', PROPERTY_NAMES];
    return issue.keys.map((key) => `${place}${key} is no key of ${what}${suggest(key, known)}`);
  }
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [`${place}${properties.map((name) => `${String(name)}: `).join('')}${message}`];
}
