import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { partsOfUsers } from '../../store/ports/personal-rows';
import type { ForgottenUser } from '../../store/ports/personal-rows';
import type { Services } from '../services';
import type { Task } from '../task';

/** Row of the table `cursors` that holds how far a round of forgetting has come, and what it has deleted. */
export const retentionCursor = 'retention';

/** Users whose rows are deleted at once: some tables are read as a whole for them, so all of a round, unless they are more. */
const mostAtOnce = 10_000;

const Count = z.number();
/** A round takes one part of the users after the other, `part` is the next one; then those who have left. */
export const RetentionState = z.object({
  part: z.number().int().min(0).max(partsOfUsers),
  /** Milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  counts: z.object({ timelines: Count, samples: Count, members: Count, leavers: Count }),
  /**
   * The latest time, milliseconds, before which timelines were ever deleted, whatever the setting has been since. Absent: not
   * since this is noted.
   */
  forgottenBefore: z.number().exactOptional(),
});
export type RetentionState = z.infer<typeof RetentionState>;

type RetentionServices = Pick<Services, 'clock' | 'cursors' | 'personal' | 'rollouts' | 'settings'>;

/**
 * Deletes what was kept long enough: rows of timelines, samples of the time to a license, what rollouts that ended noted of
 * each user, and everything of users whom the directory has not known for as long as the settings say. One run takes some
 * minutes at most; where it stopped stands in one row, and the next night goes on there. Deleting bears repeating, so two runs at once do no harm.
 */
export async function forgetOld(services: RetentionServices, { logger }: Task): Promise<void> {
  const { clock, cursors, settings } = services;
  const begunAt = clock.now();
  const isOver = () => clock.now() - begunAt >= timing.census.forgetting.ms;
  let cursor = await cursors.read(retentionCursor);
  const last = readState(cursor.value);
  const historyBefore = begunAt - settings.kept.historyMs;
  let state: RetentionState = {
    ...(last !== undefined && last.endedAt === null ? last : { ...none, startedAt: begunAt }),
    forgottenBefore: Math.max(last?.forgottenBefore ?? -Infinity, historyBefore),
  };
  // Before anything is deleted: who asks for a time before it learns that it is gone.
  cursor = await cursors.commit(retentionCursor, cursor, JSON.stringify(state));
  while (state.endedAt === null && !isOver()) {
    state =
      state.part < partsOfUsers
        ? await forgetPart(services, state, historyBefore)
        : await forgetLeavers(services, state, isOver);
    cursor = await cursors.commit(retentionCursor, cursor, JSON.stringify(state));
  }
  const facts = { ...state.counts, part: state.part };
  logger.info(
    state.endedAt === null ? 'Forgetting goes on later' : 'What was kept long enough is deleted',
    facts,
  );
}

const none = {
  part: 0,
  endedAt: null,
  counts: { timelines: 0, samples: 0, members: 0, leavers: 0 },
} as const;

async function forgetPart(
  services: RetentionServices,
  state: RetentionState,
  historyBefore: number,
): Promise<RetentionState> {
  const { clock, personal, settings } = services;
  const { part, counts } = state;
  const samples = part === 0 ? await personal.removeSamples(historyBefore) : 0;
  const members = part === 0 ? await removeOldMembers(services, clock.now() - settings.kept.leaversMs) : 0;
  const timelines = await personal.removeTimelines(part, historyBefore);
  return {
    ...state,
    part: part + 1,
    counts: {
      ...counts,
      timelines: counts.timelines + timelines,
      samples: counts.samples + samples,
      members: counts.members + members,
    },
  };
}

/** All who have left are forgotten together, since whole tables are read for them. Who is not done is found again. */
async function forgetLeavers(
  { clock, personal, settings }: RetentionServices,
  state: RetentionState,
  isOver: () => boolean,
): Promise<RetentionState> {
  const before = clock.now() - settings.kept.leaversMs;
  const users: ForgottenUser[] = [];
  for (let part = 0; part < partsOfUsers && users.length < mostAtOnce; part++) {
    for await (const user of personal.leavers(part, before)) {
      users.push(user);
      if (users.length >= mostAtOnce) break;
    }
  }
  const done = users.length === 0 ? 0 : (await personal.forget(users, isOver)).users;
  const isLast = done === users.length && users.length < mostAtOnce;
  return {
    ...state,
    endedAt: isLast ? clock.now() : null,
    counts: { ...state.counts, leavers: state.counts.leavers + done },
  };
}

/** Of rollouts that ended before this time, milliseconds. The rollout itself stays, with its counts. */
async function removeOldMembers(
  { personal, rollouts }: Pick<RetentionServices, 'personal' | 'rollouts'>,
  before: number,
): Promise<number> {
  let removed = 0;
  for (const { id, endedAt } of await rollouts.list()) {
    if (endedAt !== null && endedAt < before) removed += await personal.removeMembers(id);
  }
  return removed;
}

/** How far deleting has come; undefined: there was no round yet. */
export async function readRetention(cursors: Services['cursors']): Promise<RetentionState | undefined> {
  return readState((await cursors.read(retentionCursor)).value);
}

/** undefined: there is none, or it is of a version that this one cannot read, and a round begins anew. */
function readState(value: string | null): RetentionState | undefined {
  if (value === null) return undefined;
  try {
    return RetentionState.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
