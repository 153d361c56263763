import { toUserId } from '../../kernel/ids';
import { timing } from '../../kernel/timing';
import { readConcurrently } from '../../kernel/concurrently';
import { readIfUsable } from '../../pipeline/crashes/unusable-row';
import type { Services } from '../../pipeline/services';
import type { LookServices } from '../../pipeline/look/look-at-user';
import type { QueueInspector } from '../../queue/queue-inspector';
import { wouldDecide } from '../users/would-decide';
import { selectFailures } from './select-failures';
import type { FailureSelection } from './select-failures';

export type ReplayPreview = {
  /** Users of the selection. */
  readonly users: number;
  /** Of them, how many deciding was asked for: the first 200, or as many as the time of one answer allows. */
  readonly looked: number;
  /** What deciding would give now, by outcome; `unreadable`: the user's row cannot be read. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Of those that were looked at, how many would be written to. */
  readonly written: number;
  /** Messages that do not tell of whom they are. */
  readonly withoutUser: number;
};

const mostLooked = 200;
/** Each look waits for Graph and the tables most of its time. */
const lookedAtOnce = 16;

/**
 * What replaying failures would come to now. Nothing is recorded and nothing is written.
 * @throws UserError `ops/unknown-user`, `ops/no-failure`
 */
export async function previewReplay(
  services: LookServices & Pick<Services, 'attention' | 'failures' | 'users'>,
  inspector: QueueInspector,
  selection: FailureSelection,
): Promise<ReplayPreview> {
  const selected = (await selectFailures(services, inspector, selection, 'open', 'preview')).filter(
    ({ state }) => state !== 'replayed',
  );
  const users = [...new Set(selected.flatMap(({ userId }) => (userId === null ? [] : [userId])))];
  const outcomes: Record<string, number> = {};
  let looked = 0;
  let written = 0;
  const until = services.clock.now() + timing.ops.portion.ms;
  const look = async (userId: string) => {
    const record = await readIfUsable(services.users, toUserId(userId));
    return record === undefined ? undefined : wouldDecide(services, record);
  };
  for await (const would of readConcurrently(users.slice(0, mostLooked), look, lookedAtOnce)) {
    const outcome = would?.outcome ?? 'unreadable';
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (would !== undefined && would.operation !== null) written += 1;
    looked += 1;
    if (services.clock.now() >= until) break;
  }
  const withoutUser = selected.filter(({ userId }) => userId === null).length;
  return { users: users.length, looked, outcomes, written, withoutUser };
}
