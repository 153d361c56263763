import type { EngineContext } from './context';
import { reprocessUser } from './licensing/group-licensing';
import { scheduleServiceEcho } from './licensing/service-echo';

/**
 * Takes up what an earlier run had still to do. Group licensing follows from the groups and their members, so it is
 * worked out anew, which changes nothing where it was done; what the services had not written back yet is in the change
 * log: a license change without the change of plans that follows it.
 */
export function resumeWork(context: EngineContext): void {
  const { tenant, changes } = context;
  const waiting = new Set<string>();
  for (let seq = changes.droppedSeq + 1; seq <= changes.lastSeq; seq += 1) {
    const change = changes.at(seq);
    if (change?.kind !== 'user') continue;
    if (change.properties.includes('assignedPlans')) waiting.delete(change.id);
    else if (change.properties.includes('assignedLicenses')) waiting.add(change.id);
  }
  for (const id of waiting) {
    const user = tenant.users.get(id);
    if (user) scheduleServiceEcho(context, user);
  }
  for (const user of tenant.userOrder) {
    if (user.isGone || user.deletedAt !== null) continue;
    const { inherited, groupIds } = user.version;
    const isConcerned =
      inherited.length > 0 || groupIds.some((id) => (tenant.groups.get(id)?.licenses.length ?? 0) > 0);
    if (isConcerned) reprocessUser(context, user);
  }
}
