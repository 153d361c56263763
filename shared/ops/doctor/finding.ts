import { PermanentError, UserError, ensureError } from '../../kernel/errors';

export type FindingState = 'ok' | 'warn' | 'fail';

/** What one check found; `todo` says how to fix it, null: nothing to do. */
export type Finding = {
  readonly name: string;
  readonly state: FindingState;
  readonly text: string;
  readonly todo: string | null;
};

/** A check without anything to do. */
export const ok = (name: string, text: string): Finding => ({ name, state: 'ok', text, todo: null });
/** Something to look at; the doctor still succeeds. */
export const warn = (name: string, text: string, todo: string): Finding => ({
  name,
  state: 'warn',
  text,
  todo,
});
/** Something that must be fixed; the doctor fails. */
export const fail = (name: string, text: string, todo: string): Finding => ({
  name,
  state: 'fail',
  text,
  todo,
});

/** A check that throws has failed. */
export async function guarded(
  name: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (thrown) {
    const error = ensureError(thrown);
    const hint = error instanceof UserError ? error.hint : undefined;
    return [
      fail(name, error.message, hint ?? 'See that it is up and can be reached from here, then try again.'),
    ];
  }
}

/** By whose rights the doctor looks: the app's own, with which it works, or those of a person beside it. */
export type LookedBy = 'app' | 'person';

/** Whether the broker refuses to show a queue to this identity. */
export function isRefusedQueue(error: unknown): error is PermanentError {
  return error instanceof PermanentError && error.code === 'queue/not-allowed';
}

/**
 * Peeking was refused. It takes the right to receive: a person works without it, but the app does not, so to the app it is
 * a failure.
 */
export function notPeeked(name: string, error: Error, by: LookedBy): Finding {
  if (by === 'person') return notLookedAt(name, error);
  return fail(
    name,
    `the app may not receive: ${error.message}`,
    'Without this right it decides and writes nothing. Give its identity the role Azure Service Bus Data Owner, or Data Receiver and Data Sender: docs/permissions.md.',
  );
}

/** Counts or settings were refused, which no work of the app depends on, or a person may not look. */
export function notLookedAt(name: string, { message }: Error): Finding {
  return warn(
    name,
    `not looked at: ${message}`,
    'Settings and counts take the right Manage, the age of messages the right to receive: docs/permissions.md. `licenser status` asks the app.',
  );
}
