import { ensureError, UserError } from '../../kernel/errors';
import { isoTime, noLongerNeeded, systemClock } from '../../kernel/clock';
import type { Clock } from '../../kernel/clock';
import { readRound } from '../../pipeline/intake/delta-round';
import { readVerdict } from '../status/watch-verdict';
import type { Services } from '../../pipeline/services';
import { timing } from '../../kernel/timing';

export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly text: string };
export type Health = {
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
  /** ISO 8601, when a round of following changes last worked; null: none has yet. */
  readonly deltaPositionAt: string | null;
  /** As `licenser status` says it, from the last run of the timer `observe`; null: it has not run yet. */
  readonly verdict: string | null;
};

/** What anybody may know of it: which part is well, not what is wrong with it. */
export type PublicHealth = Omit<Health, 'checks'> & {
  readonly checks: readonly Pick<HealthCheck, 'name' | 'ok'>[];
};

/** Without the texts, which name settings, rules of the policy and addresses. */
export function toPublicHealth({ checks, ...rest }: Health): PublicHealth {
  return { ...rest, checks: checks.map(({ name, ok }) => ({ name, ok })) };
}

/**
 * Is the app able to do its work: start, settings, policy, tables, following changes. Reads only, and answers within
 * `timing.doctor.healthAnswer`, whatever hangs. It names no secret and does not say what the policy is.
 * @param clock of the limit
 */
export async function checkHealth(
  pipeline: () => Promise<Services>,
  clock: Clock = systemClock,
): Promise<Health> {
  const over = new AbortController();
  const limit = clock.sleep(timing.doctor.healthAnswer.ms, over.signal).then(() => {
    throw new NoAnswerInTime();
  });
  limit.catch(() => undefined);
  try {
    return await checkParts(pipeline, (work) => Promise.race([work, limit]));
  } finally {
    over.abort(noLongerNeeded);
  }
}

class NoAnswerInTime extends Error {
  override readonly name = 'NoAnswerInTime';

  constructor() {
    super('There was no answer in time');
  }
}

/** What takes longer than the whole answer may has failed. */
type InTime = <Result>(work: Promise<Result>) => Promise<Result>;

async function checkParts(pipeline: () => Promise<Services>, inTime: InTime): Promise<Health> {
  const check = async (name: string, work: () => Promise<string>): Promise<HealthCheck> => {
    try {
      return { name, ok: true, text: await inTime(work()) };
    } catch (error) {
      return failed(name, error);
    }
  };
  let built: Services;
  try {
    built = await inTime(pipeline());
  } catch (error) {
    // Settings are read at once: what is late is the start of the process, as when it is cold.
    const name = error instanceof NoAnswerInTime ? 'start' : 'settings';
    return { ok: false, checks: [failed(name, error)], deltaPositionAt: null, verdict: null };
  }
  let deltaPositionAt: string | null = null;
  const verdict = inTime(readVerdict(built)).catch(() => undefined);
  const checks = await Promise.all([
    check('policy', async () => {
      await built.policy.current();
      // Which policy it is, and whether it enforces, is for people with a role: `licenser policy show`, doctor.
      return 'usable';
    }),
    check('tables', async () => {
      await built.cursors.read('users-delta');
      return 'reachable';
    }),
    check('changes', async () => {
      const { workedAt, failingSince } = await readRound(built.cursors);
      if (workedAt !== null) deltaPositionAt = isoTime(workedAt);
      const now = built.clock.now();
      if (failingSince !== null && now - failingSince > timing.doctor.healthFailing.ms) {
        throw new Error(`Following changes of users has failed since ${isoTime(failingSince)}`);
      }
      if (workedAt === null) return 'following changes of users has not started';
      if (now - workedAt > timing.doctor.deltaSilent.ms) {
        throw new Error(`No round of following changes has worked since ${isoTime(workedAt)}`);
      }
      return 'followed';
    }),
  ]);
  return {
    ok: checks.every(({ ok }) => ok),
    checks: [{ name: 'settings', ok: true, text: 'valid' }, ...checks],
    deltaPositionAt,
    verdict: (await verdict)?.verdict ?? null,
  };
}

function failed(name: string, thrown: unknown): HealthCheck {
  const error = ensureError(thrown);
  const hint = error instanceof UserError && error.hint ? ` ${error.hint}` : '';
  return { name, ok: false, text: `${error.message}.${hint}` };
}
