import { GraphError } from '../../graph/refusals/graph-error';
import { collectHeld } from '../guards/collect-held';
import { lookAtNewUser } from '../look/look-at-new-user';
import { lookAtUser } from '../look/look-at-user';
import type { Look } from '../look/look-at-user';
import type { SeenUser } from '../look/seen-user';
import { scopesWork } from '../pauses/own-pause';
import { intakeScope, namesPauseBy } from '../pauses/pause-scope';
import { advance } from '../perform';
import type { Rollout } from '../../words/rollout';
import type { UserRecord } from '../../store/ports/user-store';
import { leaveAllButThese, seekSeats } from '../seats/seek-seats';
import type { Services } from '../services';
import type { LookServices } from '../look/look-at-user';
import type { PerformServices } from '../perform';
import type { Task } from '../task';
import { refusalOf } from '../write/refusal';

/** What handling one user uses, from the look to what is stored. */
export type HandleServices = PerformServices & LookServices & Pick<Services, 'lastSuccess'>;

/** What decide and apply say of the look that they ask for. */
export type LookRequest = {
  readonly record: UserRecord;
  readonly rollout: Rollout | null;
  /** Milliseconds; when the change was first reported. */
  readonly seenAt: number;
  /** Of the scheduled message in hand. */
  readonly token?: string | undefined;
  /** Graph told that the user was deleted: who is not found then is gone. */
  readonly isRemoved?: boolean;
  /** What is found to be written is looked at again in full before it is. */
  readonly isLookedAtAgain?: boolean;
};

/**
 * Reads the user afresh, decides, and asks for the seats that the decision lacks. undefined: Graph does not show the
 * user, and the row says so.
 * @throws UserError there is no usable policy
 * @throws ConcurrencyError the row has changed
 */
export async function lookForWork(
  services: HandleServices,
  task: Task,
  { record, rollout, seenAt, token, isRemoved = false, isLookedAtAgain = false }: LookRequest,
): Promise<SeenUser | undefined> {
  let look: Look;
  try {
    const isFirst = isLookedAtAgain && rollout === null && record.state === null;
    look = await (isFirst ? lookAtNewUser(services, record) : lookAtUser(services, record, rollout));
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const isRefusal = error.class === 'permission';
    const workedAt = isRefusal ? await services.lastSuccess.of(intakeScope) : undefined;
    // A look at a user without groups does not prove that names of groups can be read again.
    const by = error.class === 'withheld' ? { by: namesPauseBy } : {};
    const suspect = { scope: intakeScope, origin: 'permission', workedAt, ...by } as const;
    const refusal = refusalOf(error);
    await advance(services, task, record, { kind: 'readRefused', refusal, seenAt, suspect, token });
    return undefined;
  }
  // Neither a look that read no memberships proves that they can be read, nor a user who is not there.
  const isProof = look.kind !== 'missing' && look.isWithoutGroups !== true;
  if (isProof) await scopesWork(services, task, [intakeScope]);
  if (look.kind === 'missing') {
    const isBulk = task.isBulk === true && record.etag === null;
    await advance(services, task, record, { kind: 'missing', seenAt, token, isBulk, isRemoved });
    return undefined;
  }
  look = await seekSeats(services, task, record, look);
  if (task.source === 'waiting') await leaveAllButThese(services, task, look);
  await collectHeld(services, task, look);
  return look;
}
