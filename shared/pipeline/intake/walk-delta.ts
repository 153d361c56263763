import { GraphError } from '../../graph/graph-error';
import { readDeltaCursor, sameProperties, writeDeltaCursor } from './delta-cursor';
import { bulkSize } from './bulk-pacer';
import { sendLooks } from './send-looks';
import type { Services } from '../services';
import type { Task } from '../task';
import { whilePermitted } from '../pauses/delta-pause';
import type { Cursor } from '../../store/ports/cursor-store';

const cursorName = 'users-delta';

/**
 * The handler of the `users-delta` timer: one round from the stored link to the next delta link. The link is
 * stored (compare-and-set) only after the page's hints are queued, so a crash repeats a page and loses nothing.
 * Of two instances that run at once, one finds the cursor moved and stops.
 */
export async function walkDelta(services: Services, task: Task): Promise<void> {
  await whilePermitted(services, task, () => walkOneRound(services, task));
}

async function walkOneRound(services: Services, task: Task): Promise<void> {
  const { cursors, directory } = services;
  const { logger } = task;
  const needs = await services.policy.needs();
  // Properties that every look depends on, whatever the policy says.
  const properties = new Set([...needs.properties, 'accountEnabled', 'usageLocation']);
  let cursor = await cursors.read(cursorName);
  const stored = readDeltaCursor(cursor.value);
  if (stored === undefined && cursor.value !== null) {
    await startOver(services, task, cursor, properties);
    return;
  }
  if (stored === undefined) {
    // First start: from now on. Users who are there already are the census's and the operator's to hand in.
    const link = await directory.deltaFromNow(properties);
    await cursors.commit(cursorName, cursor, writeDeltaCursor({ link, properties }));
    logger.info('Following changes of users from now on');
    return;
  }

  let link = stored.link;
  const next = sameProperties(stored.properties, properties)
    ? undefined
    : // The policy looks at other properties now: a new link first, then the old one to its end, so that no
      // change falls between them.
      await directory.deltaFromNow(properties);
  const followed = { link, properties: stored.properties };
  let seen = 0;
  try {
    for (;;) {
      const page = await directory.deltaPage(link);
      const ids = [...new Set(page.changes.map((change) => change.id))];
      seen += ids.length;
      await sendLooks(services, task, ids, 'delta', seen > bulkSize);
      link = page.nextLink ?? page.deltaLink ?? link;
      followed.link = link;
      const isLast = page.nextLink === undefined;
      const value =
        isLast && next !== undefined
          ? writeDeltaCursor({ link: next, properties })
          : writeDeltaCursor(followed);
      if (value !== cursor.value) cursor = await cursors.commit(cursorName, cursor, value);
      if (isLast) break;
    }
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'syncStateLost') throw error;
    await startOver(services, task, cursor, properties);
  }
  if (seen > 0) logger.info('Changes of users queued', { users: seen, crowd: seen > bulkSize });
}

/** Our position is lost, to Graph or to us: every user is looked at again, as a crowd. */
async function startOver(
  services: Services,
  task: Task,
  cursor: Cursor,
  properties: ReadonlySet<string>,
): Promise<void> {
  task.logger.warn('Delta position lost; all users are looked at again');
  const link = services.directory.deltaFromStart(properties);
  await services.cursors.commit(cursorName, cursor, writeDeltaCursor({ link, properties }));
}
