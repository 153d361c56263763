import { ensureError, UserError } from '../../kernel/errors';
import type { Services } from '../../pipeline/services';

export type HealthCheck = { readonly name: string; readonly ok: boolean; readonly text: string };
export type Health = {
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
  /** ISO 8601, when the delta position last moved; null: following changes has not started. */
  readonly deltaPositionAt: string | null;
};

/** Is the app able to do its work: settings, policy, tables, delta position. Reads only, and names no secret. */
export async function checkHealth(pipeline: () => Promise<Services>): Promise<Health> {
  let built: Services;
  try {
    built = await pipeline();
  } catch (error) {
    return { ok: false, checks: [failed('settings', error)], deltaPositionAt: null };
  }
  let deltaPositionAt: string | null = null;
  const checks = await Promise.all([
    check('policy', async () => {
      const policy = await built.policy.current();
      return `${policy.rules.length} rules, ${policy.mode}, ${policy.hash.slice(0, 12)}`;
    }),
    check('tables', async () => {
      const cursor = await built.cursors.read('users-delta');
      if (cursor.updatedAt === null) return 'reachable; following changes has not started';
      deltaPositionAt = new Date(cursor.updatedAt).toISOString();
      return 'reachable';
    }),
  ]);
  return {
    ok: checks.every(({ ok }) => ok),
    checks: [{ name: 'settings', ok: true, text: 'valid' }, ...checks],
    deltaPositionAt,
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
