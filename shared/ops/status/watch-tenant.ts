import { z } from 'zod';
import { collect } from '../../kernel/concurrently';
import { ConcurrencyError } from '../../kernel/errors';
import { sendLooks } from '../../pipeline/intake/send-looks';
import type { Services } from '../../pipeline/services';
import { findPolicyTroubles } from '../../pipeline/sources/policy-troubles';
import type { PolicyTrouble } from '../../pipeline/sources/policy-troubles';
import type { Task } from '../../pipeline/task';

const cursorName = 'tenant';

type WatchServices = Parameters<typeof sendLooks>[0] &
  Pick<Services, 'policy' | 'catalogue' | 'cursors' | 'events' | 'attention' | 'learntConflictStore'>;

/** What blocked users may wait for, as it was last seen. */
const Seen = z.object({
  /** Texts of what in the policies in force stands for nothing sure. */
  troubles: z.array(z.string()),
  /** SKU to the state of its subscription. */
  skus: z.record(z.string(), z.string()),
  /** How many conflicts and SKUs were learnt. */
  learnt: z.number(),
});
type Seen = z.infer<typeof Seen>;

/**
 * Of the timer `observe`: reports to the outgoing webhook a name in a policy that has come to stand for nothing sure, and
 * has blocked users looked at again when what they may wait for has changed: a group or SKU is there again, a subscription
 * was renewed, a learnt conflict was forgotten. Their own data is followed by the deltas. What was seen is stored when the
 * looks are queued: a process that ends before that leaves them to the next minute.
 * @throws GraphError, TransientError
 */
export async function watchTenant(services: WatchServices, task: Pick<Task, 'logger'>): Promise<void> {
  const { cursors, events } = services;
  const [cursor, troubles] = await Promise.all([cursors.read(cursorName), findPolicyTroubles(services)]);
  const before = readSeen(cursor.value);
  const now = await seeTenant(services, troubles);
  const text = JSON.stringify(now);
  if (text === cursor.value) return;
  if (before !== undefined && mayHelp(before, now)) await lookAtBlocked(services, task);
  try {
    await cursors.commit(cursorName, cursor, text);
  } catch (error) {
    // Of two processes the faster one tells.
    if (error instanceof ConcurrencyError) return;
    throw error;
  }
  for (const trouble of troubles) {
    if (before?.troubles.includes(trouble.text)) continue;
    task.logger.warn('A name in a policy in force stands for nothing sure', trouble);
    events.emit({ event: 'names', subject: trouble.code, reason: trouble });
  }
}

async function lookAtBlocked(services: WatchServices, task: Pick<Task, 'logger'>): Promise<void> {
  const blocked = await collect(services.attention.list('blocked'));
  const ids = blocked.map(({ userId }) => userId);
  task.logger.info('What blocked users may wait for has changed; they are looked at again', {
    users: ids.length,
  });
  await sendLooks(services, task, ids, 'census', true);
}

async function seeTenant(
  services: Pick<Services, 'catalogue' | 'learntConflictStore'>,
  troubles: readonly PolicyTrouble[],
): Promise<Seen> {
  const { catalogue } = await services.catalogue.read();
  const learnt = await services.learntConflictStore.list();
  const skus = catalogue.skus.map(({ skuId, capabilityStatus }) => [skuId, capabilityStatus] as const);
  return {
    troubles: troubles.map((one) => one.text).sort(),
    skus: Object.fromEntries([...skus].sort(([a], [b]) => (a < b ? -1 : 1))),
    learnt: learnt.length,
  };
}

function mayHelp(before: Seen, now: Seen): boolean {
  return (
    before.troubles.some((text) => !now.troubles.includes(text)) ||
    Object.entries(now.skus).some(([skuId, status]) => before.skus[skuId] !== status) ||
    now.learnt < before.learnt
  );
}

/** undefined: nothing is stored, or it cannot be read and counts as nothing. */
function readSeen(value: string | null): Seen | undefined {
  if (value === null) return undefined;
  try {
    return Seen.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}
