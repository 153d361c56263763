import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ProcessName } from '../../local/cloud';
import { seededRandom } from '../../shared/kernel/random';
import { runSync } from '../support/faults/disturbed-sync';
import type { SyncResult } from '../support/faults/disturbed-sync';
import { killProcesses } from '../support/faults/kill-processes';
import { judgeSync } from '../support/faults/sync-verdict';

const instants = 20;
const sync = { users: 200, seed: 11, quotaFactor: 1, deadlineMs: 400_000 };

/**
 * Every process of the cloud is killed at twenty instants of a sync of 200 users at Graph's real quota, with the
 * queues' real locks. The verdict is that of Graph's write log, the tenant's export and the broker's counters.
 */
describe('a process that is killed twenty times during a sync', () => {
  let undisturbed: SyncResult<null>;
  beforeAll(async () => {
    undisturbed = await runSync(sync, async () => null);
    tell('undisturbed', undisturbed);
  }, 200_000);

  it('finds an undisturbed run to compare with', () => {
    expect(undisturbed.isSettled).toBe(true);
    expect(undisturbed.fullSkus.size).toBeGreaterThan(0);
    expect([...undisturbed.licenses.values()].filter((held) => held.length > 0).length).toBeGreaterThan(100);
  });

  it.each<[ProcessName, number]>([
    ['functions', 1],
    ['serviceBus', 2],
    ['tables', 3],
  ])(
    '%s: leaves everyone with the same licenses, written once, none lost on the way',
    async (name, seed) => {
      const disturbed = await runSync(
        sync,
        killProcesses({
          random: seededRandom(seed),
          processes: Array.from({ length: instants }, () => name),
          betweenMs: { min: 50, max: 1_200 },
          awayMs: { min: 0, max: 500 },
        }),
      );

      tell(name, disturbed);
      expect(disturbed.told).toHaveLength(instants);
      expect(disturbed.isSettled).toBe(true);
      expect(judgeSync(disturbed, undisturbed)).toEqual({
        withoutOutcome: [],
        secondEffectiveWrites: [],
        losses: [],
        differences: [],
      });
      expect(disturbed.deadLetters).toBe(0);
      expect(disturbed.exits).toEqual([]);
    },
    500_000,
  );
});

/** The campaign's figures, for the person who runs it. */
function tell(name: string, result: SyncResult<unknown>): void {
  const licensing = result.log.filter(({ kind }) => kind === 'assignLicense');
  const outcomes = new Map<string, number>();
  for (const { id } of result.users) {
    const outcome = result.outcomes.get(id.toLowerCase()) ?? 'none';
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const kills = Array.isArray(result.told) ? (result.told as { atMs: number; downMs: number }[]) : [];
  process.stderr.write(
    `${name}: ${JSON.stringify({
      wallMs: result.wallMs,
      outcomes: Object.fromEntries(outcomes),
      fullSkus: result.fullSkus.size,
      assignLicense: {
        calls: licensing.length,
        effective: licensing.filter(({ effective }) => effective).length,
        repeated: licensing.filter(({ effective, status }) => !effective && status === 200).length,
        refused: licensing.filter(({ status }) => status !== 200).length,
      },
      deadLetters: result.deadLetters,
      kills: kills.length,
      killsAtMs: kills.map(({ atMs }) => atMs),
      lastWriteMs: lastWriteMs(result),
    })}\n`,
  );
}

/** From the sync to the last effective write, by Graph's clock. */
function lastWriteMs({ log, users }: SyncResult<unknown>): number {
  const start = Math.min(...users.map(({ readableAt }) => readableAt));
  return Math.max(0, ...log.filter(({ effective }) => effective).map(({ at }) => at - start));
}
