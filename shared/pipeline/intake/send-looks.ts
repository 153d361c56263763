import { mapConcurrently } from '../../kernel/concurrently';
import { lookHint } from '../../queue/look-hint';
import type { Hint } from '../../queue/messages';
import { sendHints } from '../send-messages';
import type { Services } from '../services';
import type { Task } from '../task';

/** What sending looks uses. */
type SendServices = Pick<Services, 'bulkPacer' | 'clock' | 'queues' | 'quota'>;

/** How many users are looked at for each write that the quota allows: enough for those who need none. */
const looksPerWrite = 1.5;
const leastPerSecond = 10;
const sendersAtOnce = 32;
/**
 * Users of one call of Graph's go in one send: Graph calls many times a second, and what a call costs is what its sends
 * cost.
 */
const usersOfACall = 100;

/** Queues the looks that changes of users ask for: a crowd's at its pace, others at once. `removed`: who was deleted. `group`:
 * a change of a group's members tells of them. */
export async function sendLooks(
  services: SendServices,
  task: Task,
  ids: readonly string[],
  source: Hint['source'],
  crowd: boolean,
  { removed, group }: { readonly removed?: ReadonlySet<string>; readonly group?: boolean } = {},
): Promise<void> {
  if (ids.length === 0) return;
  const seenAt = services.clock.now();
  const hints = ids.map((id) => lookHint(id, source, seenAt, { crowd, group, removed: removed?.has(id) }));
  const least = source === 'notification' ? usersOfACall : 1;
  await (crowd ? sendBulk(services, task, hints, least) : sendHints(services, task, hints));
}

/** Queues the hints of a crowd, scheduled at the pace of the write quota; so many as `least` are never parted. */
export async function sendBulk(
  services: SendServices,
  task: Task,
  hints: readonly Hint[],
  least = 1,
): Promise<void> {
  const perSecond = Math.max(leastPerSecond, services.quota.ratePerSecond() * looksPerWrite);
  // Each portion has a time of its own, so their order does not count; one after the other would take a second for 30.
  const portions = services.bulkPacer.spread(hints, perSecond, least);
  await mapConcurrently(portions, sendersAtOnce, ({ at, hints: due }) => sendHints(services, task, due, at));
}
