import { GraphError } from '../../graph/refusals/graph-error';
import type { Services } from '../services';
import type { Task } from '../task';
import { withLease } from '../with-lease';
import { findNextCensus } from './find-next-census';
import { CensusState, censusCursor, censusLease, newCensus, readValue } from './census-state';
import { findGone } from './find-gone';
import { feedPortion, followLooks, mayFeed } from './follow-reconciles';
import { lookAtPage } from './look-at-page';
import { repairWaitingLists } from './repair-waiting-lists';
import { readCensusTenant } from './read-page';
import type { CensusTenant } from './read-page';
import type { Cursor } from '../../store/ports/cursor-store';
import { timing } from '../../kernel/timing';

/** What a census uses. */
type CensusServices = Pick<
  Services,
  | 'catalogue'
  | 'clock'
  | 'cursors'
  | 'directory'
  | 'learntConflicts'
  | 'leases'
  | 'metrics'
  | 'newId'
  | 'policy'
  | 'queues'
  | 'settings'
  | 'users'
  | 'waiting'
  | 'waitingSkus'
>;

/**
 * The handler of the `census-walk` timer: begins a census when one is due, or goes on with the one that is under
 * way. Users come page by page with their holdings; a user whose row does not say what deciding says now is looked at,
 * in portions. Where it is stands in one row, which is stored after each page and each portion.
 */
export async function walkCensus(services: CensusServices, task: Task): Promise<void> {
  const next = await findNextCensus(services);
  if (next === undefined) return;
  const holder = services.newId();
  if (!(await services.leases.take(censusLease, holder, timing.census.lease.ms))) return;
  await withLease(services, task, { name: censusLease, holder }, () => walk(services, task, holder));
}

async function walk(services: CensusServices, task: Task, holder: string): Promise<void> {
  const { clock, cursors, leases } = services;
  const { logger } = task;
  const startedAt = clock.now();
  // Read again with the lease in hand: the holder before may have come further.
  const next = await findNextCensus(services);
  if (next === undefined) return;
  let { cursor } = next;
  let state = next.state ?? newCensus(services.newId(), { ...next.request, at: startedAt }, next.isFirst);
  if (next.state === undefined) {
    logger.info('Census begins', { census: state.id, reason: state.reason, by: state.by });
    cursor = await cursors.commit(censusCursor, cursor, JSON.stringify(state));
  }
  let tenant: CensusTenant | undefined;
  while (state.phase !== 'done' && clock.now() - startedAt < timing.census.run.ms) {
    if (!(await leases.take(censusLease, holder, timing.census.lease.ms))) return;
    if (state.phase === 'users' && tenant === undefined) tenant = await readCensusTenant(services);
    const after = await step(services, task, tenant, state);
    if (after === state) {
      await clock.sleep(timing.census.poll.ms);
      continue;
    }
    state = after;
    cursor = await cursors.commit(censusCursor, cursor, JSON.stringify(state));
  }
  if (state.phase === 'done') logger.info('Census is done', { census: state.id, ...state.counts });
}

/** One page, one portion, or one look at what became of the last portion; the same state: nothing has changed. */
async function step(
  services: Pick<
    Services,
    'clock' | 'directory' | 'metrics' | 'policy' | 'queues' | 'users' | 'waiting' | 'waitingSkus'
  >,
  task: Task,
  tenant: CensusTenant | undefined,
  state: CensusState,
): Promise<CensusState> {
  if (mayFeed(state)) return feedPortion(services, task, state);
  if (state.pending.length > 0 || (state.phase === 'settling' && state.followed.length > 0)) {
    const after = await followLooks(services, task, state);
    return after.followed.length === state.followed.length ? state : after;
  }
  switch (state.phase) {
    case 'users':
      return tenant === undefined ? state : nextPage(services, task, tenant, state);
    case 'rows': {
      const { listed, unlisted } = await repairWaitingLists(services, task);
      const gone = await findGone(services);
      const counts = {
        ...state.counts,
        listed,
        unlisted,
        gone: gone.length,
        looks: state.counts.looks + gone.length,
      };
      return { ...state, phase: 'settling', counts, pending: [...gone] };
    }
    default:
      return { ...state, phase: 'done', endedAt: services.clock.now() };
  }
}

async function nextPage(
  services: Pick<Services, 'clock' | 'directory' | 'metrics' | 'users'>,
  task: Task,
  tenant: CensusTenant,
  state: CensusState,
): Promise<CensusState> {
  try {
    const page = await services.directory.userPage(tenant.read, state.link ?? undefined);
    if (page.odd.length > 0) {
      task.logger.warn('Users cannot be read in the list; each is looked at alone', { users: page.odd });
    }
    const after = await lookAtPage(services, tenant, state, page);
    return page.nextLink === undefined
      ? { ...after, phase: 'rows', link: null }
      : { ...after, link: page.nextLink };
  } catch (error) {
    // A link may be too old after a night's outage: the walk begins anew, and who is fine costs nothing.
    const isLinkBroken = error instanceof GraphError && brokenLink.has(error.class) && state.link !== null;
    if (!isLinkBroken) throw error;
    task.logger.warn('The place in the list of users is lost; the census begins anew', { error });
    const { id, reason, by, startedAt: at, isFirst = false } = state;
    return newCensus(id, { reason, by, at }, isFirst);
  }
}

const brokenLink = new Set<GraphError['class']>(['badRequest', 'syncStateLost', 'gone', 'unknown']);

/** What is stored of the last census; undefined: there was none. */
export async function readCensus(
  services: Pick<Services, 'cursors'>,
): Promise<{ readonly state: CensusState | undefined; readonly cursor: Cursor }> {
  const cursor = await services.cursors.read(censusCursor);
  return { state: readValue(CensusState, cursor), cursor };
}
