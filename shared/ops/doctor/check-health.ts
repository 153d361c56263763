import { ensureError, UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
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

/**
 * Is the app able to do its work: settings, policy, tables, following changes. Reads only. Everyone may call it, so it
 * names no secret and does not say what the policy is.
 */
export async function checkHealth(pipeline: () => Promise<Services>): Promise<Health> {
  let built: Services;
  try {
    built = await pipeline();
  } catch (error) {
    return { ok: false, checks: [failed('settings', error)], deltaPositionAt: null, verdict: null };
  }
  let deltaPositionAt: string | null = null;
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
    verdict: (await readVerdict(built).catch(() => undefined))?.verdict ?? null,
  };
}

async function check(name: string, work: () => Promise<string>): Promise<HealthCheck> {
  try {
    return { name, ok: true, text: await work() };
  } catch (error) {
    return failed(name, error);
  }
}

function failed(name: string, thrown: unknown): HealthCheck {
  const error = ensureError(thrown);
  const hint = error instanceof UserError && error.hint ? ` ${error.hint}` : '';
  return { name, ok: false, text: `${error.message}.${hint}` };
}
