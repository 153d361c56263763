import { toGroupId } from '../../../kernel/ids';
import { timing } from '../../../kernel/timing';
import { within } from '../../../kernel/within';
import type { Services } from '../../services';
import type { Task } from '../../task';
import { followedOf } from '../groups/are-followed';
import { isReplayed, noteTaken } from '../replayed-notifications';
import { sendLooks } from '../send-looks';
import type { FollowGroups } from '../take-notifications';
import { noteAuditRecords } from './last-audit-record';
import { readAuditRecords } from './read-audit-records';
import type { AuditChange, OddRecord, ReadRecords } from './read-audit-records';

/** What taking records uses. */
export type AuditServices = Pick<
  Services,
  'bulkPacer' | 'clock' | 'cursors' | 'queues' | 'quota' | 'settings'
>;

/**
 * Queues the looks that records of Entra's audit log ask for. Records come minutes after what they tell, so they find what the
 * faster sources missed: nothing of it is urgent, so that they go in bulk, and a wave that comes in many batches does not stand
 * before joiners. What cannot be read, is of another tenant or of something else is counted in the log, and the batch
 * goes on: it would be no better the next time. Members of groups that no policy needs are no reason for a look.
 * @throws TransientError the queue is down: the host calls again with the same events
 */
export async function receiveAuditEvents(
  services: AuditServices,
  task: Task,
  events: readonly unknown[],
  followGroups: FollowGroups,
): Promise<void> {
  const { changes, odd, isHeard, latestAt } = readAuditRecords(events, services.settings.tenantId);
  logOdd(task, odd);
  const fresh = changes.filter((change) => !isReplayed(services, change));
  const followed = await followedOf(services, new Set(fresh.flatMap(({ groups }) => groups.map(toGroupId))));
  const isFollowed = ({ groups }: AuditChange) => groups.some((id) => followed.has(toGroupId(id)));
  const users = usersOf(fresh.filter(({ groups }) => groups.length === 0));
  const members = usersOf(fresh.filter(isFollowed));
  for (const id of users) members.delete(id);
  await sendLooks(services, task, [...users], 'auditLog', true);
  await sendLooks(services, task, [...members], 'auditLog', true, { group: true });
  if (followed.size > 0) await within(followGroups(), timing.intake.noteWait.ms);
  noteTaken(services, fresh);
  if (isHeard) await noteAuditRecords(services, task, latestAt);
}

/** A warning only of what should not come; refused changes and other logs are usual. */
function logOdd({ logger }: Task, odd: ReadRecords['odd']): void {
  if (odd.size === 0) return;
  const isWrong = wrong.some((what) => odd.has(what));
  logger[isWrong ? 'warn' : 'debug']('Records of the audit log discarded', Object.fromEntries(odd));
}
const wrong: readonly OddRecord[] = ['unreadable', 'foreign', 'withoutTarget'];

function usersOf(changes: readonly AuditChange[]): Set<string> {
  return new Set(changes.flatMap(({ users }) => users));
}
