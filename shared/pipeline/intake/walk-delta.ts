import { GraphError } from '../../graph/refusals/graph-error';
import { findUntracked, isRefusedSelect } from '../../graph/untracked-properties';
import { ConcurrencyError, ensureError } from '../../kernel/errors';
import type { Cursor } from '../../store/ports/cursor-store';
import { coversProperties, readDeltaCursor, trackedProperties, writeDeltaCursor } from './delta-cursor';
import type { DeltaCursor } from './delta-cursor';
import { readRound, recordRound } from './delta-round';
import { bulkSize } from './bulk-pacer';
import { sendLooks } from './send-looks';
import type { Services } from '../services';
import type { Task } from '../task';
import { whilePermitted } from '../pauses/delta-pause';
import { probeWithheldNames } from '../pauses/withheld-names';

/** What following changes uses. */
type FollowServices = Pick<Services, 'bulkPacer' | 'clock' | 'cursors' | 'directory' | 'queues' | 'quota'>;

const cursorName = 'users-delta';

/**
 * The handler of the `users-delta` timer: one round from the stored link to the next delta link. The link is
 * stored (compare-and-set) only after the page's hints are queued, so a crash repeats a page and loses nothing.
 * Of two instances that run at once, one finds the cursor moved and stops.
 * @throws GraphError, ConcurrencyError, UserError
 */
export async function walkDelta(
  services: Pick<
    Services,
    | 'bulkPacer'
    | 'clock'
    | 'control'
    | 'cursors'
    | 'directory'
    | 'events'
    | 'pauses'
    | 'policy'
    | 'queues'
    | 'quota'
  >,
  task: Task,
): Promise<void> {
  await probeWithheldNames(services, task);
  await whilePermitted(services, task, async () => {
    try {
      await walkOneRound(services, task);
    } catch (thrown) {
      if (!(thrown instanceof ConcurrencyError)) await recordRound(services, ensureError(thrown));
      throw thrown;
    }
    await recordRound(services, null);
  });
}

async function walkOneRound(
  services: Pick<Services, 'bulkPacer' | 'clock' | 'cursors' | 'directory' | 'policy' | 'queues' | 'quota'>,
  task: Task,
): Promise<void> {
  const { cursors } = services;
  const { logger } = task;
  const wanted = trackedProperties(await services.policy.needs());
  const cursor = await cursors.read(cursorName);
  if (cursor.value === null && (await readRound(cursors)).workedAt === null) {
    // First start: from now on. Users who are there already are the census's and the operator's to hand in.
    const position = await newPosition(services, task, wanted);
    await cursors.commit(cursorName, cursor, writeDeltaCursor(position));
    logger.info('Following changes of users from now on');
    return;
  }
  const stored = readDeltaCursor(cursor.value);
  if (stored === undefined) {
    await startOver(services, task, cursor, wanted);
    return;
  }
  const next = coversProperties(stored, wanted) ? undefined : await tryNewPosition(services, task, wanted);
  const round = { cursor, seen: 0 };
  try {
    await follow(services, task, round, stored, next);
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'syncStateLost') throw error;
    await startOver(services, task, round.cursor, wanted);
  }
  if (round.seen > 0) {
    logger.info('Changes of users queued', { users: round.seen, crowd: round.seen > bulkSize });
  }
}

/** From a position to the end of its round; then `next`, if the policy needs other properties, takes its place. */
async function follow(
  services: FollowServices,
  task: Task,
  round: { cursor: Cursor; seen: number },
  from: DeltaCursor,
  next: DeltaCursor | undefined,
): Promise<void> {
  const { cursors, directory } = services;
  let position = from;
  for (;;) {
    const page = await directory.deltaPage(position.link);
    const ids = [...new Set(page.changes.map((change) => change.id))];
    const changed = new Set(page.changes.filter(({ kind }) => kind === 'changed').map(({ id }) => id));
    const removed = new Set(ids.filter((id) => !changed.has(id)));
    round.seen += ids.length;
    await sendLooks(services, task, ids, 'delta', round.seen > bulkSize, { removed });
    position = { ...position, link: page.nextLink ?? page.deltaLink ?? position.link };
    const isLast = page.nextLink === undefined;
    const value = writeDeltaCursor(isLast && next !== undefined ? next : position);
    if (value !== round.cursor.value) {
      round.cursor = await cursors.commit(cursorName, round.cursor, value);
    }
    if (isLast) return;
  }
}

/**
 * A position from now on for what the policy needs. A property that delta refuses to track is left out: its changes are
 * found by the census alone, and those of all others at once.
 * @throws GraphError
 */
async function newPosition(
  { directory }: Pick<Services, 'directory'>,
  { logger }: Task,
  wanted: ReadonlySet<string>,
): Promise<DeltaCursor> {
  try {
    return { link: await directory.deltaFromNow(wanted), properties: wanted, refused: new Set() };
  } catch (error) {
    if (!isRefusedSelect(error)) throw error;
    const untracked = await findUntracked(directory, wanted);
    const refused = new Set(untracked.keys());
    const properties = new Set([...wanted].filter((property) => !refused.has(property)));
    logger.error('Graph does not report changes of these properties; only the census finds them', {
      properties: Object.fromEntries(untracked),
    });
    return { link: await directory.deltaFromNow(properties), properties, refused };
  }
}

/**
 * The policy looks at other properties now: a new position first, then the old one to its end, so that no change falls
 * between them. Without a new position the old one is followed all the same, and the next round tries again.
 */
async function tryNewPosition(
  services: Pick<Services, 'directory'>,
  task: Task,
  wanted: ReadonlySet<string>,
): Promise<DeltaCursor | undefined> {
  try {
    return await newPosition(services, task, wanted);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    task.logger.warn('No new delta position yet; the old one is followed', { error });
    return undefined;
  }
}

/** Our position is lost, to Graph or to us: every user is looked at again, in bulk, from this round on. */
async function startOver(
  services: FollowServices,
  task: Task,
  cursor: Cursor,
  wanted: ReadonlySet<string>,
): Promise<void> {
  task.logger.warn('Delta position lost; all users are looked at again');
  const { properties, refused } = await newPosition(services, task, wanted);
  const link = services.directory.deltaFromStart(properties);
  const position = { link, properties, refused };
  const round = {
    cursor: await services.cursors.commit(cursorName, cursor, writeDeltaCursor(position)),
    seen: 0,
  };
  await follow(services, task, round, position, undefined);
}
