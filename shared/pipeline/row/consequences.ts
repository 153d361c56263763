import type { FailureFacts, Result } from './effects';

/** What is recorded of a result: a failure row (which the metrics count) and a line in the log. */
export type Consequences = {
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

/** The one place that says which failure row and which log line a result brings; the compiler finds what is missing. */
export function consequencesOf(result: Result | undefined): Consequences {
  if (result === undefined) return {};
  switch (result.kind) {
    case 'done':
      return result.note === undefined ? {} : { line: notes[result.note] };
    case 'again':
      return {};
    case 'at': {
      const { at, cause, failure } = result;
      const facts = { cause, at: new Date(at).toISOString() };
      return { failure, line: { level: 'debug', text: 'The user is looked at again later', facts } };
    }
    case 'park':
      return {
        line: { level: 'debug', text: 'The user waits for a pause to end', facts: { scope: result.scope } },
      };
    case 'giveUp':
      // The failure has a line of its own.
      return { failure: result };
    case 'block':
      return {
        line: {
          level: 'info',
          text: 'Refused for good as the user is now',
          facts: { reason: result.reason },
        },
      };
  }
}
