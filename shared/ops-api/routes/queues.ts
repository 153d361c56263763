import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../kernel/errors';
import { recordAction } from '../../ops/audit/operator';
import { pauseScope, resumeScope, tryScope } from '../../ops/pauses/change-pause';
import { listPauses } from '../../ops/pauses/list-pauses';
import { readPage, toQueueName, withKnownNames } from '../../ops/queues/peek-queue';
import { searchMessages } from '../../ops/queues/search-messages';
import { queueStatus } from '../../ops/queues/queue-status';
import { defineRoute } from '../route';
import type { OpsContext } from '../route';
import { OptionalWhy, Pause, Queue, Why } from '../schemas';

const PauseChanged = z.object({ scope: z.string(), isChanged: z.boolean(), pauses: z.array(Pause) });
const Scope = z.string().min(1).max(200);

export const showQueues = defineRoute({
  id: 'showQueues',
  method: 'get',
  path: '/queues',
  summary: 'Depth, age of the oldest and dead letters of the queues',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({}),
  answer: z.array(Queue),
  handle: ({ inspector, services }) => queueStatus(inspector, services.clock),
});

const Message = z.looseObject({
  sequenceNumber: z.string(),
  messageId: z.string(),
  state: z.string(),
  lane: z.string().nullable(),
  deliveryCount: z.number(),
  at: z.string().nullable(),
  userId: z.string().nullable(),
  /** Where it is known without asking for it. */
  userPrincipalName: z.string().nullable().optional(),
  text: z.string(),
  deadLetterReason: z.string().nullable(),
});
const SequenceNumber = z.string().regex(/^\d{1,19}$/);
const MessagePage = z.object({ items: z.array(Message), next: SequenceNumber.nullable() });
const MessageState = z.enum(['active', 'dead']);

export const peekMessages = defineRoute({
  id: 'peekMessages',
  method: 'get',
  path: '/queues/{queue}/messages',
  summary: 'The oldest messages of a queue, in words, from a sequence number on; `next` is where to go on',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({
    queue: z.string(),
    state: MessageState.exactOptional(),
    from: SequenceNumber.exactOptional(),
    limit: z.coerce.number().int().min(1).max(200).exactOptional(),
  }),
  answer: MessagePage,
  async handle({ services, inspector }, { queue, state, from, limit = 50 }) {
    const page = await readPage(inspector, toQueueName(queue), {
      count: limit,
      deadLetters: state === 'dead',
      ...(from === undefined ? {} : { from }),
    });
    return withKnownNames(services, page);
  },
});

const Part = z.string().trim().min(1).max(200).exactOptional();

export const findMessages = defineRoute({
  id: 'searchMessages',
  method: 'post',
  path: '/queues/{queue}/messages/search',
  summary:
    'Messages of a user, with a SKU, a reason or a text; looks at 2,000 a call at most, `next` is where to go on',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({
    queue: z.string(),
    state: MessageState.exactOptional(),
    user: z.guid().exactOptional(),
    sku: Part,
    reason: Part,
    text: Part,
    from: SequenceNumber.exactOptional(),
    limit: z.number().int().min(1).max(200).exactOptional(),
  }),
  answer: MessagePage.extend({ scanned: z.number() }),
  async handle({ services, inspector }, { queue, state, from, limit = 50, ...search }) {
    const found = await searchMessages(inspector, toQueueName(queue), search, {
      deadLetters: state === 'dead',
      limit,
      clock: services.clock,
      ...(from === undefined ? {} : { from }),
    });
    return withKnownNames(services, found);
  },
});

export const showPauses = defineRoute({
  id: 'showPauses',
  method: 'get',
  path: '/pauses',
  summary: 'What is paused, by whom and why',
  role: 'Viewer',
  input: z.object({}),
  answer: z.array(Pause),
  handle: ({ services }) => listPauses(services),
});

export const pause = defineRoute({
  id: 'pause',
  method: 'post',
  path: '/pauses',
  summary: 'Stop deciding, writing, a lane or a SKU',
  role: 'Operator',
  action: 'pause/set',
  subject: ({ scope }) => scope,
  input: z.object({ scope: Scope, why: Why }),
  answer: PauseChanged,
  handle: ({ services, operator }, { scope, why }) => pauseScope(services, scope, { ...operator, why }),
});

export const liftPause = defineRoute({
  id: 'liftPause',
  method: 'post',
  path: '/pauses/lift',
  summary: 'Let what was paused go on',
  role: 'Operator',
  action: 'pause/lift',
  subject: ({ scope }) => scope,
  input: z.object({ scope: Scope, why: OptionalWhy }),
  answer: PauseChanged,
  handle: ({ services, operator }, { scope }) => resumeScope(services, scope, operator),
});

export const tryPause = defineRoute({
  id: 'tryPause',
  method: 'post',
  path: '/pauses/try',
  summary: 'Try now whether a pause that the product set itself can be lifted',
  role: 'Operator',
  action: 'pause/try',
  subject: ({ scope }) => scope,
  input: z.object({ scope: Scope, why: OptionalWhy }),
  answer: PauseChanged,
  handle: ({ services, operator }, { scope }) => tryScope(services, scope, operator),
});

/** Dead letters that are looked at to tell whether the queue has changed since a purge was asked for. */
const mostPurged = 2_000;

async function deadLettersOf({ inspector }: OpsContext, text: string) {
  const queue = toQueueName(text);
  const letters = await inspector.deadLetters(queue, mostPurged);
  return { queue, letters };
}

export const purgeQueue = defineRoute({
  id: 'purgeQueue',
  method: 'post',
  path: '/queues/{queue}/purge',
  summary: 'Delete the dead letters of a queue; another person approves it first',
  role: 'Operator',
  action: 'queue/purge',
  subject: ({ queue }) => queue,
  // What is active is read again by whom it is for; it is never deleted.
  input: z.object({ queue: z.string(), state: z.literal('dead').exactOptional(), why: Why }),
  answer: z.object({ queue: z.string(), purged: z.number() }),
  async secondPerson(context, { queue: name }) {
    const { queue, letters } = await deadLettersOf(context, name);
    if (letters.length === 0) {
      throw new UserError('ops/nothing-to-purge', `${queue} has no dead letters`, {
        hint: 'There is nothing to do.',
      });
    }
    const digest = createHash('sha256');
    const items = letters.map(({ sequenceNumber }) => sequenceNumber);
    for (const item of items) digest.update(`${item}\n`);
    return {
      text: `Delete ${String(letters.length)} dead letters of ${queue}`,
      count: letters.length,
      digest: digest.digest('hex'),
      items,
    };
  },
  async handle(context, { queue: name }) {
    const { services, operator, approved } = context;
    if (approved === undefined) throw new Error('A purge runs only with its approval');
    const { queue, letters } = await deadLettersOf(context, name);
    // By the broker's own number: message ids repeat, and one that came after the approval stays. Those that left in
    // the meantime, such as by an attempt whose process ended, are no reason to stop.
    const wanted = new Set(approved.items);
    const isLeft = letters.some(({ sequenceNumber }) => wanted.has(sequenceNumber));
    const purged = isLeft
      ? await services.deadLetters.drain(queue, letters.length, async ({ sequenceNumber }) =>
          wanted.has(sequenceNumber) ? undefined : 'leave',
        )
      : 0;
    await recordAction(services, operator, 'queue/purge', queue, { purged });
    return { queue, purged };
  },
});
