import type { Services } from '../../pipeline/services';
import { listPauses } from '../pauses/list-pauses';
import { ok, warn } from './finding';
import type { Finding } from './finding';
import { timing } from '../../kernel/timing';

/** What people did for a while and may have forgotten: pauses older than a day, dismissals older than a week. */
export async function checkForgotten(
  pipeline: Pick<Services, 'control' | 'failures' | 'clock'>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  // What the product paused itself is check-own-pauses' to tell.
  const pauses = (await listPauses(pipeline)).filter(({ origin }) => origin === 'operator');
  for (const { scope, by, reason, at, isOld } of pauses) {
    findings.push(
      warn(
        'paused',
        `${scope} since ${at.slice(0, 16).replace('T', ' ')} (UTC), by ${by}: ${reason}${isOld ? '. That is more than a day' : ''}`,
        `When it is no longer needed: licenser queue resume ${scope}.`,
      ),
    );
  }
  if (pauses.length === 0) findings.push(ok('paused', 'nothing'));
  let dismissed = 0;
  for await (const { settledBy } of pipeline.failures.list('dismissed')) {
    if (settledBy !== undefined && pipeline.clock.now() - settledBy.at > timing.doctor.dismissedOld.ms)
      dismissed++;
  }
  if (dismissed > 0) {
    findings.push(
      warn(
        'dismissed',
        `${String(dismissed)} failures were dismissed more than a week ago and never settled`,
        'Look whether they still matter: licenser failure list --state dismissed.',
      ),
    );
  }
  return findings;
}
