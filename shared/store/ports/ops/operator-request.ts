import { z } from 'zod';
import { countField, timeField } from '../../../words/fields';

/** Who asked, as the token said. */
const Asker = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['user', 'app']),
  roles: z.array(z.enum(['Viewer', 'Operator', 'Approver'])),
  via: z.enum(['page', 'cli', 'app']),
});
export type Asker = z.infer<typeof Asker>;

export const longOperationStates = ['queued', 'running', 'done', 'failed'] as const;

/** Long work that a person asked for; a function does it. Times are milliseconds. */
export const LongOperation = z.object({
  /** The operation id of the route, such as `activatePolicy`. */
  route: z.string(),
  input: z.unknown(),
  asker: Asker,
  why: z.string().nullable(),
  requestId: z.string(),
  auditKey: z.string().nullable(),
  /** Of work that a second person approved: it is done only while that approval names this operation. */
  approvalId: z.string().nullable().default(null),
  state: z.enum(longOperationStates),
  askedAt: timeField,
  startedAt: timeField.nullable(),
  endedAt: timeField.nullable(),
  /** Last sign of life of the process that does it. */
  beatAt: timeField.nullable(),
  /** Times that a process began it: one that finds another number here has lost it. */
  attempts: countField.default(0),
  /** When its message was sent last; null: as it was asked for. */
  sentAt: timeField.nullable().default(null),
  progress: z.object({ done: z.number(), total: z.number() }).nullable(),
  result: z.unknown(),
  /** Of a failed one: the body of the problem. */
  problem: z.record(z.string(), z.unknown()).nullable(),
});
export type LongOperation = z.infer<typeof LongOperation>;

export const approvalStates = ['open', 'approved', 'rejected', 'expired'] as const;

/** An action that a second person must approve. */
export const Approval = z.object({
  route: z.string(),
  input: z.unknown(),
  asker: Asker,
  why: z.string(),
  state: z.enum(approvalStates),
  askedAt: timeField,
  expiresAt: timeField,
  /** What would be done, for people. */
  text: z.string(),
  count: countField,
  /** Of what it would be done to: another one at approval means that something else would be done. */
  digest: z.string(),
  /** What exactly was shown, such as the sequence numbers of messages: nothing else may be touched. */
  items: z.array(z.string()).default([]),
  decidedBy: z
    .object({ id: z.string(), name: z.string(), why: z.string().nullable(), at: timeField })
    .nullable(),
  operation: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;

/** The answer to a request with an Idempotency-Key; `status` null: the first request has not been answered yet. */
export const RememberedAnswer = z.object({
  /** When the key came first: what is made because of it is named by this. */
  at: timeField,
  /** When the last process took it up; 0: it was let go, and the next one may. Absent: `at`. */
  takenAt: timeField.exactOptional(),
  /** Of method, path and body: a key must not be used for something else. */
  digest: z.string(),
  status: z.number().nullable(),
  body: z.unknown(),
});
export type RememberedAnswer = z.infer<typeof RememberedAnswer>;
