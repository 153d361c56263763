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

/** A check that throws has failed, unless who asks may not look: that is no fault of what was to be looked at. */
export async function guarded(
  name: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (thrown) {
    const error = ensureError(thrown);
    if (error instanceof PermanentError && error.code === 'queue/not-allowed')
      return [notLookedAt(name, error)];
    const hint = error instanceof UserError ? error.hint : undefined;
    return [
      fail(name, error.message, hint ?? 'See that it is up and can be reached from here, then try again.'),
    ];
  }
}

/** The queues, by someone without the rights; the app itself needs none of them to work. */
export function notLookedAt(name: string, { message }: Error): Finding {
  return warn(
    name,
    `not looked at: ${message}`,
    'Settings and counts take the right Manage, the age of messages the right to receive: docs/permissions.md. `licenser status` asks the app.',
  );
}
