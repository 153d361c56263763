import { z } from 'zod';
import { timing } from '../../kernel/timing';
import { partsOfUsers } from '../../store/ports/personal-rows';
import type { ForgottenUser } from '../../store/ports/personal-rows';
import type { Services } from '../services';
import type { Task } from '../task';

/** Row of the table `cursors` that holds how far a round of forgetting has come, and what it has deleted. */
export const retentionCursor = 'retention';

/** Users whose rows are deleted at once: some tables are read as a whole for them. */
const mostAtOnce = 500;

const Count = z.number();
/** A round takes one part of the users after the other; `part` is the next one. */
export const RetentionState = z.object({
  part: z.number().int().min(0).max(partsOfUsers),
  /** Milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  counts: z.object({ timelines: Count, samples: Count, members: Count, leavers: Count }),
});
export type RetentionState = z.infer<typeof RetentionState>;

type RetentionServices = Pick<Services, 'clock' | 'cursors' | 'personal' | 'rollouts' | 'settings'>;

/**
 * Deletes what was kept long enough: rows of timelines, samples of the time to a license, what rollouts that ended noted of
 * each user, and everything of users whom the directory has not known for as long as the settings say. One run takes some minutes at most; where it stopped stands in one row, and the next
 * night goes on there. Deleting bears repeating, so two runs at once do no harm.
 */
export async function forgetOld(services: RetentionServices, { logger }: Task): Promise<void> {
  const { clock, cursors } = services;
  const begunAt = clock.now();
  let cursor = await cursors.read(retentionCursor);
  const last = readState(cursor.value);
  let state: RetentionState =
    last !== undefined && last.endedAt === null
      ? last
      : {
          part: 0,
          startedAt: begunAt,
          endedAt: null,
          counts: { timelines: 0, samples: 0, members: 0, leavers: 0 },
        };
  while (state.endedAt === null && clock.now() - begunAt < timing.census.forgetting.ms) {
    state = await forgetPart(services, state);
    cursor = await cursors.commit(retentionCursor, cursor, JSON.stringify(state));
  }
  const facts = { ...state.counts, part: state.part };
  logger.info(
    state.endedAt === null ? 'Forgetting goes on later' : 'What was kept long enough is deleted',
    facts,
  );
}

async function forgetPart(services: RetentionServices, state: RetentionState): Promise<RetentionState> {
  const { clock, personal, settings } = services;
  const { part, counts } = state;
  const { historyMs, leaversMs } = settings.kept;
  const now = clock.now();
  const samples = part === 0 ? await personal.removeSamples(now - historyMs) : 0;
  const members = part === 0 ? await removeOldMembers(services, now - leaversMs) : 0;
  const timelines = await personal.removeTimelines(part, now - historyMs);
  let leavers = 0;
  let batch: ForgottenUser[] = [];
  const forget = async () => {
    const users = batch;
    batch = [];
    if (users.length > 0) await personal.forget(users);
    leavers += users.length;
  };
  for await (const user of personal.leavers(part, now - leaversMs)) {
    batch.push(user);
    if (batch.length >= mostAtOnce) await forget();
  }
  await forget();
  const next = part + 1;
  return {
    ...state,
    part: next,
    endedAt: next >= partsOfUsers ? clock.now() : null,
    counts: {
      timelines: counts.timelines + timelines,
      samples: counts.samples + samples,
      members: counts.members + members,
      leavers: counts.leavers + leavers,
    },
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
