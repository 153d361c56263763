import type { Services } from '../../pipeline/services';

/** Who asks for something, and why; both go into the audit table. */
export type Operator = { readonly by: string; readonly why: string | null };

/** Writes down what an operator did. Call it after it was done: what failed was not done. */
export async function recordAction(
  { audit, clock }: Pick<Services, 'audit' | 'clock'>,
  { by, why }: Operator,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await audit.record({ at: clock.now(), by, action, subject, why, facts });
}
