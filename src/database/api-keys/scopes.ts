/** What a key, or a token, may be allowed to do. None includes another. */
export const SCOPES = {
  read: 'read intents, histories, outcomes, graphs and events',
  transition: 'create intents, request transitions, cancel, pause and resume',
  approve: 'vote, in the roles of the key',
  admin: 'force, migrate, and manage webhooks',
} as const;

export type Scope = keyof typeof SCOPES;

export const SCOPE_NAMES = Object.keys(SCOPES) as Scope[];

export function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}
