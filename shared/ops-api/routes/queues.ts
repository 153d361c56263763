import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../kernel/errors';
import { recordAction } from '../../ops/audit/operator';
import { pauseScope, resumeScope, tryScope } from '../../ops/pauses/change-pause';
import { listPauses } from '../../ops/pauses/list-pauses';
import { peekQueue, toQueueName } from '../../ops/queues/peek-queue';
import { queueStatus } from '../../ops/queues/queue-status';
import { defineRoute } from '../route';
import type { OpsContext } from '../route';
import { OptionalWhy, Why } from '../schemas';

const Pause = z.looseObject({
  scope: z.string(),
  origin: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});
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
  answer: z.array(
    z.object({
      queue: z.string(),
      exists: z.boolean(),
      active: z.number().nullable(),
      scheduled: z.number().nullable(),
      deadLettered: z.number().nullable(),
      oldestAgeMs: z.number().nullable(),
      missing: z.string().nullable(),
    }),
  ),
  handle: ({ inspector, services }) => queueStatus(inspector, services.clock),
});

export const peekMessages = defineRoute({
  id: 'peekMessages',
  method: 'get',
  path: '/queues/{queue}/messages',
  summary: 'The oldest messages of a queue, in words',
  role: 'Viewer',
  isHeavy: true,
  input: z.object({
    queue: z.string(),
    state: z.enum(['active', 'dead']).exactOptional(),
    limit: z.coerce.number().int().min(1).max(200).exactOptional(),
  }),
  answer: z.array(z.looseObject({ messageId: z.string(), state: z.string(), text: z.string() })),
  handle: ({ inspector }, { queue, state, limit = 50 }) =>
    peekQueue(inspector, toQueueName(queue), { count: limit, deadLetters: state === 'dead' }),
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
  input: z.object({ queue: z.string(), why: Why }),
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
