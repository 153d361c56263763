import { z } from 'zod';
import { countField, policyHashField, skuIdField, timeField } from './fields';
import type { Shape } from './fields';
import { LedgerEntry } from './ledger';
import { License } from './license';
import { StoredSkuOutcome } from './outcome';
import { Reason } from './reason';

/** Written before a Graph write: after a crash it tells which of what the user now holds is ours. */
export const Intent = z.object({
  at: timeField,
  /** The direct holding before. */
  before: z.array(License),
  add: z.array(License),
  remove: z.array(skuIdField),
  usageLocation: z.string().nullable(),
  /** The ledger that becomes true when the write is confirmed. */
  ledger: z.array(LedgerEntry),
  policyHash: policyHashField,
});
export type Intent = Shape<typeof Intent>;

/** One of our writes, which Graph confirmed shortly before the last one. */
const EarlierWrite = z.object({ at: timeField, before: z.array(License) });

/** Our last confirmed write. For 5 minutes it beats a read that still shows the state before it. */
export const LastWrite = z.object({
  at: timeField,
  before: z.array(License),
  after: z.array(License),
  usageLocation: z.string().nullable(),
  /** Those of the 5 minutes up to it, newest first, which a read may be behind, too; undefined: there were none. */
  earlier: z.array(EarlierWrite).optional(),
});
export type LastWrite = Shape<typeof LastWrite>;

/** The earliest reconcile on the agenda, the only one whose message counts: a hint with another token is dropped. */
export const RetryState = z.object({
  /** `<number>.<random>`; see UserState.looks. */
  token: z.string(),
  /** The cause: one entry of the agenda each, with attempts of its own. */
  key: z.string(),
  attempts: countField,
  at: timeField,
  why: Reason,
});
export type RetryState = Shape<typeof RetryState>;

/** A cause to look at a user again that is due later than the one in `retry`, or whose attempts still count. */
export const LaterReconcile = RetryState.omit({ token: true });
export type LaterReconcile = Shape<typeof LaterReconcile>;

/** The row `state` of a user. */
export const UserState = z.object({
  /** +1 with every decision recorded and every write started; names the timeline's rows. */
  version: countField,
  /** Writes started in all. */
  tries: countField,
  /** null: decided, and its operation is on its way. */
  outcome: z.string().nullable(),
  reasons: z.array(Reason),
  skus: z.array(StoredSkuOutcome),
  /** Hash of everything the last decision looked at; null: decide again. */
  digest: z.string().nullable(),
  policyHash: policyHashField.nullable(),
  userPrincipalName: z.string().nullable(),
  displayName: z.string().nullable(),
  firstSeenAt: timeField,
  /** First time that Graph showed the user to a look; undefined: not yet, or by an older version of the app. */
  foundAt: timeField.optional(),
  decidedAt: timeField.nullable(),
  /**
   * Since when the user waits, is blocked, held and so on, by what it is for (shared/pipeline/row/standing/): `waiting/` and
   * a SKU id, or an outcome, `/` and the code of its reason. undefined: nothing of that, or an older version wrote the row.
   */
  since: z.record(z.string(), timeField).optional(),
  /** Id of the message whose handling sent the operation of this decision, or was about to; undefined: none. */
  decidedBy: z.string().optional(),
  /** The version whose operation was sent to its lane; while it equals `version`, no process has taken it up. */
  sentVersion: countField.optional(),
  /** That operation went to the bulk queue, where it may wait for hours; undefined: it did not, or an older version sent it. */
  isSentInBulk: z.boolean().optional(),
  writtenAt: timeField.nullable(),
  verifiedAt: timeField.nullable(),
  /** First 404 in a row of them; null while the user is there. */
  missingSince: timeField.nullable(),
  intent: Intent.nullable(),
  lastWrite: LastWrite.nullable(),
  retry: RetryState.nullable(),
  /**
   * The rest of the agenda; undefined: nothing. Versions before this property drop it with the rows they write, which
   * loses no user: each of their looks finds the dates again.
   */
  later: z.array(LaterReconcile).optional(),
  /** Looks scheduled so far; a scheduled hint's token begins with its number. */
  looks: countField.default(0),
});
export type UserState = Shape<typeof UserState>;

/** The directory does not know this user any more, and a look has said so. */
export function isGone({ outcome, reasons }: Pick<UserState, 'outcome' | 'reasons'>): boolean {
  return outcome === 'outOfScope' && reasons[0]?.code === 'user/gone';
}

/** What stands for a user in texts: the address, and a name of more than one word, which is no word of another text. */
export function namesOf({
  userPrincipalName,
  displayName,
}: Pick<UserState, 'userPrincipalName' | 'displayName'>): readonly string[] {
  const isTelling = displayName !== null && /\S\s+\S/u.test(displayName);
  return [...(userPrincipalName === null ? [] : [userPrincipalName]), ...(isTelling ? [displayName] : [])];
}
