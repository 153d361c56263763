import { expect, it } from '@jest/globals';
import type { ControlApi, WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { followSync } from '../../../../cli/local-cloud/follow-sync';

it('reads of the write log what comes after the sync has begun, and nothing before it', async () => {
  const asked: number[] = [];
  const entry = { seq: 70_001, userId: 'u1' } as WriteLogEntry;
  const control: ControlApi = {
    graphState: async () => ({
      now: 1,
      users: 1,
      lastWrite: 70_000,
      counters: { requests: 0, resourceUnits: 0, writes: 0, throttled: 0 },
    }),
    writeLog: async (after) => {
      asked.push(after);
      return after === 70_000 ? [entry] : [];
    },
    sync: async () => [],
    syncWave: async () => ({
      users: [{ id: 'u1', userPrincipalName: 'u1@x.example', readableAt: 1 }],
      movers: [],
      leavers: [],
    }),
    syncWeek: async () => ({ users: [], movers: [], leavers: [] }),
    queueCounters: async () => ({}),
  };
  const outcomes = { read: async () => new Map([['u1', 'licensed']]), readRows: async () => new Map() };

  const followed = await followSync(control, outcomes as never, { users: 1, seed: 1, deadlineMs: 60_000 });

  expect(followed).toMatchObject({ isSettled: true, log: [entry] });
  expect(asked).toEqual([70_000, 70_001]);
});
