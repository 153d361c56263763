import { ServiceBusClient } from '@azure/service-bus';
import Long from 'long';
import type { RunningCloud } from '../local/cloud';
import { percentile } from '../rehearsal/judge/times-to-licensed';
import { makeAbsoluteTarget, makeTarget, roundFigures } from '../packages/emulator-kit/bench/bench-result';
import type { BenchResult } from '../packages/emulator-kit/bench/bench-result';
import { readHint } from '../shared/queue/messages';
import { queueNames } from '../shared/queue/queues';
import { measureBusy, usedMs } from './measuring/processor-time';
import { perCall, postNotifications, userOf } from './webhook-cloud/post-notifications';
import type { Stretch } from './webhook-cloud/post-notifications';
import { startWebhookCloud } from './webhook-cloud/start-webhook-cloud';

/** It takes --small. */
export const hasSmallSize = true;

/** Seconds of each stretch; the routes take turns. */
const sizes = {
  full: { warmUp: 10, stretch: 15, rounds: 4 },
  small: { warmUp: 2, stretch: 2, rounds: 1 },
} as const;
const callsPerSecond = 20;
const targets = { versusBare: 3, answerP99Ms: 1_000 } as const;

/**
 * The webhook at 2,000 notifications a second, 100 a call, each about another user, beside a bare route of the same host that
 * sends the body of the same calls on as one message. Judged is the processor time of the functions host for each
 * notification. Afterwards the queue is looked through for the look of every user.
 */
export async function benchWebhook({ isSmall }: { readonly isSmall: boolean }): Promise<BenchResult> {
  const { warmUp, stretch, rounds } = isSmall ? sizes.small : sizes.full;
  const { cloud, stop } = await startWebhookCloud();
  try {
    const run = makeRun(cloud);
    await run('bare', warmUp);
    await run('graph-notification', warmUp);
    const busy = measureBusy();
    const bare: Measured[] = [];
    const webhook: Measured[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(await run('bare', stretch));
      webhook.push(await run('graph-notification', stretch));
    }
    const share = busy();
    const found = await usersInQueue(cloud);
    const sent = run.users();
    const figures = {
      notificationsPerSecond:
        sum(webhook, ({ calls }) => calls * perCall) / sum(webhook, (one) => one.seconds),
      seconds: sum(webhook, (one) => one.seconds),
      answerP50Ms: percentileOf(webhook, 0.5),
      answerP99Ms: percentileOf(webhook, 0.99),
      answerP99MsBare: percentileOf(bare, 0.99),
      processorMsPerNotification: perNotification(webhook),
      processorMsPerNotificationBare: perNotification(bare),
      versusBare: perNotification(webhook) / perNotification(bare),
      refused: sum([...bare, ...webhook], (one) => one.refused),
      lost: sent.filter((id) => !found.has(id)).length,
      processorsBusy: share,
    };
    return {
      figures: roundFigures(figures),
      targets: [
        makeTarget('versusBare', '<=', targets.versusBare, figures.versusBare),
        makeAbsoluteTarget('answerP99Ms', '<=', targets.answerP99Ms, figures.answerP99Ms),
        makeTarget('refused', '<=', 0, figures.refused),
        makeTarget('lost', '<=', 0, figures.lost),
      ],
    };
  } finally {
    await stop();
  }
}

type Measured = Stretch & { readonly processorMs: number };

/** Runs stretches one after the other, each with users of its own; `users`: all who were in calls of the webhook. */
function makeRun(cloud: RunningCloud) {
  let next = 0;
  const told: string[] = [];
  const run = async (route: 'bare' | 'graph-notification', seconds: number): Promise<Measured> => {
    const calls = seconds * callsPerSecond;
    const first = next;
    next += calls * perCall;
    const { pid } = cloud.processes.functions;
    const before = usedMs(pid);
    const stretch = await postNotifications(cloud.file, route, { calls, first });
    const processorMs = usedMs(pid) - before;
    if (route !== 'bare') for (let number = first; number < next; number++) told.push(userOf(number));
    return { ...stretch, processorMs };
  };
  return Object.assign(run, { users: () => told });
}

function sum(stretches: readonly Measured[], of: (one: Measured) => number): number {
  return stretches.reduce((total, one) => total + of(one), 0);
}

function perNotification(stretches: readonly Measured[]): number {
  return sum(stretches, (one) => one.processorMs) / sum(stretches, ({ calls }) => calls * perCall);
}

function percentileOf(stretches: readonly Measured[], share: number): number {
  const all = stretches.flatMap(({ answerMs }) => answerMs).sort((a, b) => a - b);
  return percentile(all, share);
}

const peekPage = 250;

/**
 * The users of all looks in `directory-changes`, those that are scheduled included. A scheduled message gets a new, higher
 * number when its time comes, so one that moves meanwhile is still met.
 */
async function usersInQueue(cloud: RunningCloud): Promise<ReadonlySet<string>> {
  const client = new ServiceBusClient(cloud.file.serviceBus.connectionString);
  try {
    const receiver = client.createReceiver(queueNames.directoryChanges);
    const users = new Set<string>();
    let from = Long.ZERO;
    for (;;) {
      const page = await receiver.peekMessages(peekPage, { fromSequenceNumber: from });
      const last = page.at(-1)?.sequenceNumber;
      if (last === undefined) return users;
      for (const { body } of page) {
        const read = readHint(body);
        if (read.kind === 'message') users.add(read.message.hint.user.id);
      }
      from = last.add(1);
    }
  } finally {
    await client.close();
  }
}
