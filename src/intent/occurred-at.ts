import { z } from 'zod';

/**
 * When something really happened, for imports: ISO 8601 with an offset, read into UTC with milliseconds.
 * The years are those that JavaScript and Postgres both write and read without surprises.
 */
export const occurredAtSchema = z.iso
  .datetime({
    offset: true,
    error: 'must be an ISO 8601 date and time with an offset, as 2017-01-09T09:49:50+01:00',
  })
  .transform((text) => new Date(text))
  .refine((date) => date.getTime() >= Date.UTC(1900) && date.getTime() < Date.UTC(9999, 11, 31), {
    error: 'must lie in the years 1900 to 9999',
  })
  .transform((date) => date.toISOString());
