import type { Cause } from './agenda/causes';
import type { FailureFacts, Result } from './effects';

/** What is recorded of a result: a failure row (which has a metric of its own), a line in the log, and a count. */
export type Consequences = {
  /** What the metric of results counts; undefined: the handling goes on. `cause`: why there is another look. */
  readonly count?: { readonly result: Result['kind']; readonly cause?: Cause };
  readonly failure?: FailureFacts | undefined;
  readonly line?: {
    readonly level: 'debug' | 'info' | 'warn';
    readonly text: string;
    readonly facts: Readonly<Record<string, unknown>>;
  };
};

const notes = {
  superseded: { level: 'debug', text: 'Scheduled look has been superseded; dropped', facts: {} },
  needsOperator: {
    level: 'warn',
    text: 'Handling this user has ended the process again and again; an operator must say when to look again',
    facts: {},
  },
} as const;

/** Every kind of result, for the metric's series. */
const kinds: { readonly [Kind in Result['kind']]: Kind } = {
  done: 'done',
  again: 'again',
  at: 'at',
  park: 'park',
  giveUp: 'giveUp',
  block: 'block',
};
export const resultKinds = Object.values(kinds);

/** The one place that says what a result brings beside the row; the compiler finds a kind that is missing. */
export function consequencesOf(result: Result | undefined): Consequences {
  if (result === undefined) return {};
  const count = { result: result.kind };
  switch (result.kind) {
    case 'done':
      return result.note === undefined ? { count } : { count, line: notes[result.note] };
    case 'again':
      return { count };
    case 'at': {
      const { at, cause, failure } = result;
      const facts = { cause, at: new Date(at).toISOString() };
      const line = { level: 'debug', text: 'The user is looked at again later', facts } as const;
      return { count: { ...count, cause }, failure, line };
    }
    case 'park': {
      const facts = { scope: result.scope };
      return { count, line: { level: 'debug', text: 'The user waits for a pause to end', facts } };
    }
    case 'giveUp':
      // The failure has a line of its own.
      return { count, failure: result };
    case 'block': {
      const facts = { reason: result.reason };
      return { count, line: { level: 'info', text: 'Refused for good as the user is now', facts } };
    }
  }
}
