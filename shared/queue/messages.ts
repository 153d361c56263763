import { z } from 'zod';
import { hintSources } from '../words/messages/hint-source';
import { SentOperation } from '../words/messages/sent-operation';
import { queueOf } from './queues';
import type { QueueName } from './queues';

/**
 * Message bodies. They are nested, because the Functions host copies top-level
 * scalars of a JSON body over the trigger metadata of the same name
 * (https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger, binding data).
 *
 * A hint says "look at this user", never what to do. An operation is for people to read: apply decides again.
 */

/** The version this code writes and reads. A newer one is put back, scheduled, for a newer instance to read. */
export const messageVersion = 1;

/** Longer than any id, hash or token of the product. */
const longestText = 500;
const text = z.coerce.string().max(longestText);

export const Trace = z.object({ parent: z.string().optional() });
export type Trace = z.infer<typeof Trace>;

export const Hint = z.object({
  kind: z.enum(['look', 'verify']),
  user: z.object({ id: text.pipe(z.guid()).transform((id) => id.toLowerCase()) }),
  source: z.enum(hintSources),
  /** ISO 8601; when the change was first reported. */
  seenAt: z.iso.datetime(),
  rollout: text.optional(),
  /** A scheduled hint is obeyed only while the user's row carries the same token. */
  retryToken: text.optional(),
  /** Arrived among more than 50 others: its operation goes to the bulk queue. */
  crowd: z.boolean().optional(),
  /** Graph said that the user was deleted: the row says so without a read, unless it is younger than that news or the news is late. */
  removed: z.boolean().optional(),
  /** A change of a group's members brought the user, which no notification about users does. */
  group: z.boolean().optional(),
});
export type Hint = z.infer<typeof Hint>;

export const HintMessage = z.object({ v: z.literal(1), hint: Hint, trace: Trace });
export type HintMessage = z.infer<typeof HintMessage>;

export const OperationMessage = z.object({
  v: z.literal(1),
  operation: z.object({
    user: z.object({ id: text.pipe(z.guid()).transform((id) => id.toLowerCase()) }),
    ...SentOperation.shape,
  }),
  trace: Trace,
});
export type OperationMessage = z.infer<typeof OperationMessage>;

export type Unreadable = { readonly kind: 'unreadable'; readonly problem: string };
export type Newer = { readonly kind: 'newer'; readonly version: number };
export type Read<Message> = { readonly kind: 'message'; readonly message: Message } | Newer | Unreadable;

const Envelope = z.object({ v: z.number().int().positive() });

function read<Message>(schema: z.ZodType<Message>, body: unknown): Read<Message> {
  const envelope = Envelope.safeParse(body);
  if (envelope.success && envelope.data.v > messageVersion)
    return { kind: 'newer', version: envelope.data.v };
  const parsed = schema.safeParse(body);
  if (parsed.success) return { kind: 'message', message: parsed.data };
  return { kind: 'unreadable', problem: z.prettifyError(parsed.error) };
}

/** A body as a hint; one that is newer, or no hint, is told apart and not thrown. */
export const readHint = (body: unknown): Read<HintMessage> => read(HintMessage, body);

/** A body as an operation; one that is newer, or no operation, is told apart and not thrown. */
export const readOperation = (body: unknown): Read<OperationMessage> => read(OperationMessage, body);

/** A body as what its queue carries. */
export const readMessage = (queue: QueueName, body: unknown): Read<HintMessage | OperationMessage> =>
  queueOf(queue).carries === 'hints' ? readHint(body) : readOperation(body);

/** The user that a message is about (lower-case id), and the source of the hint that led to it, where it is known. */
export function aboutUser(message: HintMessage | OperationMessage): {
  readonly userId: string;
  readonly source: Hint['source'] | undefined;
} {
  const { user, source } = 'hint' in message ? message.hint : message.operation;
  return { userId: user.id, source };
}
