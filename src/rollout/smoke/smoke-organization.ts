/** Whose test intents are, where `--organization` does not say. No real organization has it: its version and variant say "custom". */
export const SMOKE_ORGANIZATION = '5304e000-0000-8000-8000-000000000001';

/** By which they are known for what they are. */
export const SMOKE_TITLE = 'smoke test';
export const CREATED_BY = 'intent smoke';
