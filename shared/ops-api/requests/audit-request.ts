import type { AskedEntry, Operator } from '../../ops/audit/operator';
import { entryOf } from '../../ops/audit/operator';
import type { Services } from '../../pipeline/services';
import type { OpsProblem } from '../problem';

/** Writes down that something is asked for, before it is done. Answers the operator whose first action completes it. */
export async function auditAsked(
  { audit, clock }: Pick<Services, 'audit' | 'clock'>,
  operator: Operator,
  action: string,
  subject: string,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<Operator & { readonly asked: AskedEntry }> {
  const key = await audit.record({
    ...entryOf(operator),
    at: clock.now(),
    action,
    subject,
    facts,
    result: 'asked',
  });
  return { ...operator, asked: { key, isCompleted: false, facts } };
}

/** Completes what was asked for and had no action of its own, such as a pause that was there already. */
export async function auditDone({ audit }: Pick<Services, 'audit'>, operator: Operator): Promise<void> {
  const { asked } = operator;
  if (asked?.unwritten !== undefined) {
    await audit.amend(asked.key, asked.unwritten);
    return;
  }
  if (asked === undefined || asked.isCompleted) return;
  asked.isCompleted = true;
  await audit.amend(asked.key, { result: 'done', facts: { ...asked.facts, changed: false } });
}

/** Says that what was asked for was refused (the caller's matter) or failed (the product's). */
export async function auditEnded(
  { audit }: Pick<Services, 'audit'>,
  { key, facts }: AskedEntry,
  { status, code, message }: OpsProblem,
): Promise<void> {
  await audit.amend(key, {
    result: status >= 500 ? 'failed' : 'refused',
    facts: { ...facts, status, code, detail: message },
  });
}
