import { describe, expect, it } from '@jest/globals';
import { runSync } from '../support/faults/disturbed-sync';
import { never } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { judgeSync } from '../support/faults/sync-verdict';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** As the demo's cloud, only that everything comes doubled, and that enough writes meet a 503 for it to count. */
const faults = {
  duplicateNotificationRate: 1,
  reorderNotifications: true,
  error429Rate: 0.01,
  error503Rate: 0.04,
  usageLocationLagMs: 2_000,
  provisioningMs: { min: 1_000, max: 3_000 },
};

async function misbehave(test: TestCloud): Promise<void> {
  await test.runFunction('graph-subscription');
  await waitUntil('a subscription', async () => {
    const { body } = await test.graph('GET', '/subscriptions');
    const resources = (body['value'] as { resource: string }[] | undefined) ?? [];
    return resources.some(({ resource }) => resource === 'users');
  });
  const answer = await fetch(`${test.cloud.file.graph.origin}/_local/faults`, {
    method: 'POST',
    headers: controlHeaders(test.cloud.file.graph),
    body: JSON.stringify(faults),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

describe('a cloud that misbehaves, with notifications as the only news of users', () => {
  it('makes no difference in the end, and nothing is written twice', async () => {
    const sync = { users: 40, seed: 7, quotaFactor: 10, deadlineMs: 240_000 };

    const undisturbed = await runSync(sync, async () => null);
    const disturbed = await runSync(
      { ...sync, settings: { LICENSER_DELTA_SCHEDULE: never }, prepare: misbehave },
      async () => null,
    );

    // The faults were felt: locations that had not replicated were refused, and hints came doubled.
    expect(
      disturbed.log.filter(({ kind, status }) => kind === 'assignLicense' && status === 400),
    ).not.toEqual([]);
    expect(disturbed.isSettled).toBe(true);
    expect(disturbed.deadLetters).toBe(0);
    expect(judgeSync(disturbed, undisturbed)).toEqual({
      withoutOutcome: [],
      secondEffectiveWrites: [],
      losses: [],
      differences: [],
    });
  });
});
