import { notificationCursor } from '../../pipeline/intake/last-notification';
import { roundCursors } from '../../pipeline/intake/delta-round';
import { auditCursor } from '../../pipeline/intake/audit/last-audit-record';
import { nestedGroupsRow } from '../../pipeline/intake/groups/group-tree';
import { subscriptionCursors } from '../../pipeline/intake/kept-subscription';
import type { Services } from '../../pipeline/services';
import type { CounterStore } from '../../store/ports/ops/counter-store';
import type { KeptLook } from '../../store/ports/ops/kept-look';
import type { Levels } from '../../store/ports/ops/levels';
import { verdictCursor } from '../status/watch-verdict';

/** Rows of which the overview tells; of `timeOnly` it needs no more than when they changed. */
const told = [roundCursors.rounds, subscriptionCursors.groups, auditCursor, verdictCursor];
const timeOnly = [roundCursors.position, notificationCursor, subscriptionCursors.users];

/**
 * Of the timer `observe`: keeps what it has counted, and the rows of cursors that tell how the sources are, where one request
 * of the overview finds all of it. @throws TransientError
 */
export async function keepLook(
  { cursors, clock }: Pick<Services, 'cursors' | 'clock'>,
  counters: CounterStore,
  levels: Levels,
): Promise<void> {
  const at = clock.now();
  const all = await cursors.readAll([nestedGroupsRow]);
  const seen: KeptLook['cursors'] = {};
  for (const name of [...told, ...timeOnly]) {
    const { value, updatedAt } = await all.read(name);
    seen[name] = { value: timeOnly.includes(name) ? null : value, updatedAt };
  }
  await counters.keepLook({ at, counts: {}, levels, cursors: seen });
}
