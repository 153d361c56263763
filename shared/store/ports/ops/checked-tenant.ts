import { z } from 'zod';
import { timeField } from '../../../words/fields';

const Finding = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warn', 'fail']),
  text: z.string(),
  todo: z.string().nullable(),
});

/** What the doctor last found of Graph, the policy's names and the queues' settings, by check; `at`: milliseconds. */
export const CheckedTenant = z.object({ at: timeField, checks: z.record(z.string(), z.array(Finding)) });
export type CheckedTenant = z.infer<typeof CheckedTenant>;
