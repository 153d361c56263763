import { ensureError } from '../../kernel/errors';
import type { Task } from '../../pipeline/task';
import type { QuotaView } from '../../quota/read-quota';
import { keepLooking } from '../doctor/tenant/look-at-tenant';
import type { CheckedTenants, TenantParts } from '../doctor/tenant/look-at-tenant';
import { countLevels } from '../levels/count-levels';
import type { Counted, CountingParts } from '../levels/count-levels';
import { readLevels } from '../levels/read-levels';
import { keepLook } from '../overview/keep-look';
import { takeSample } from '../samples/take-sample';
import { lookInTime } from './look-in-time';
import { countedFacts } from './read-counted';
import { readOnce } from './read-once';
import type { StatusParts } from './read-facts';
import { watchTenant } from './watch-tenant';
import { observeVerdict } from './watch-verdict';

export type ObserveParts = CountingParts &
  Pick<StatusParts, 'inspector' | 'objective' | 'quotaClosedUntil'> & {
    readonly quota: () => Promise<QuotaView | null>;
    readonly doctor: Omit<TenantParts, 'pipeline' | 'inspector'> & { readonly checked: CheckedTenants };
  };

/**
 * Of the timer `observe`, every minute: counts what no request of a person counts, judges, reports a verdict that has
 * changed, and takes a sample; now and then makes the doctor's checks that ask Graph. Counts that fail leave the verdict
 * `unknown` after three minutes.
 * @throws TransientError the tables are away
 */
export async function observe(parts: ObserveParts, task: Pick<Task, 'logger'>): Promise<void> {
  const { services, objective, quotaClosedUntil, samples } = parts;
  // The counts and the verdict look at the queues once.
  const { inspector } = readOnce(services, parts.inspector);
  const counted = await countLevels({ ...parts, inspector }).catch((thrown: unknown): Counted | undefined => {
    task.logger.error('Users and failures could not be counted', { error: ensureError(thrown) });
    return undefined;
  });
  const levels = counted?.levels ?? (await readLevels(parts).catch(() => undefined));
  const { facts, verdict } = await observeVerdict(
    { services, inspector, objective, quotaClosedUntil, counted: () => countedFacts(services, levels) },
    task,
  );
  if (counted !== undefined) {
    await keepLook(services, parts.counters, counted.levels).catch((thrown: unknown) => {
      task.logger.error('What was seen could not be kept for the overview', { error: ensureError(thrown) });
    });
  }
  await watchTenant(services, task).catch((thrown: unknown) => {
    task.logger.error('What blocked users wait for could not be watched', { error: ensureError(thrown) });
  });
  const quota = await parts.quota().catch(() => null);
  await takeSample(samples, services, facts, {
    verdict,
    ...(counted === undefined ? {} : { counted }),
    ...(quota === null ? {} : { quotaPerSecond: quota.perSecond }),
  });
  const { checked, ...looking } = parts.doctor;
  const look = async () =>
    keepLooking({ ...looking, pipeline: services, inspector }, checked).catch((thrown: unknown) => {
      task.logger.error('What the doctor found could not be kept', { error: ensureError(thrown) });
    });
  await lookInTime(checked, look);
}
