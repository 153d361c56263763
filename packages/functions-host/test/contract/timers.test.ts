import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { TableClient } from '@azure/data-tables';
import {
  masterKey,
  readJournal,
  startHostProcess,
  startTablesProcess,
  waitFor,
} from '../support/host-process';
import type { HostProcess, JournalEntry, TablesProcess } from '../support/host-process';

let tables: TablesProcess;
const hosts: HostProcess[] = [];

async function startHost(settings: Record<string, string> = {}): Promise<HostProcess> {
  const host = await startHostProcess({
    FIXTURE_PARTS: 'timers',
    TICK_SCHEDULE: '* * * * * *',
    AzureWebJobsStorage: tables.connectionString,
    ...settings,
  });
  hosts.push(host);
  return host;
}

async function ticksOf(...some: HostProcess[]): Promise<JournalEntry[]> {
  const journals = await Promise.all(some.map(readJournal));
  return journals
    .flat()
    .filter((entry) => entry.function === 'tick')
    .sort((a, b) => a.at - b.at);
}

async function whenTicked(count: number, ...some: HostProcess[]): Promise<JournalEntry[]> {
  return waitFor(`${count} ticks`, async () => {
    const ticks = await ticksOf(...some);
    return ticks.length >= count ? ticks : undefined;
  });
}

function timerRows(): TableClient {
  return TableClient.fromConnectionString(tables.connectionString, 'hosttimers', {
    allowInsecureConnection: true,
  });
}

beforeAll(async () => {
  tables = await startTablesProcess();
});

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.process.stop()));
  await timerRows()
    .deleteEntity('timer', 'tick')
    .catch(() => undefined);
  await timerRows()
    .deleteEntity('timer', 'at-start')
    .catch(() => undefined);
});

afterAll(async () => {
  await tables.stop();
});

describe('timers of the local host', () => {
  it('fire once per occurrence, however many hosts there are', async () => {
    const [a, b] = await Promise.all([startHost(), startHost()]);

    const ticks = await whenTicked(3, a, b);

    const seconds = ticks.map(({ at }) => Math.floor(at / 1000));
    expect(new Set(seconds).size).toBe(seconds.length);
    expect(ticks[0]?.timer).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: null,
      isPastDue: false,
    });
  });

  it('do not overlap with their own next occurrence', async () => {
    const [a, b] = await Promise.all([startHost({ TICK_MS: '1200' }), startHost({ TICK_MS: '1200' })]);

    const ticks = await whenTicked(2, a, b);

    const gaps = ticks.slice(1).map(({ at }, index) => at - (ticks[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1200);
  });

  it('go on in another host when theirs is killed, also in the middle of a run', async () => {
    const a = await startHost({ TICK_MS: '60000' });
    await whenTicked(1, a);

    const b = await startHost();
    await a.process.kill('SIGKILL');

    expect(await whenTicked(1, b)).not.toHaveLength(0);
  }, 30_000);

  it('catch up once on a missed run and say so, when they are monitored', async () => {
    const monitored = { TICK_SCHEDULE: '0 0 0 1 1 *', TICK_MONITOR: 'true' };
    const first = await startHost(monitored);
    const row = await waitFor('the row of the timer', () =>
      timerRows()
        .getEntity('timer', 'tick')
        .catch(() => undefined),
    );
    await first.process.stop();
    await timerRows().updateEntity({
      ...row,
      partitionKey: 'timer',
      rowKey: 'tick',
      next: '2020-01-01T00:00:00.000Z',
    });

    const second = await startHost(monitored);

    const [tick, ...more] = await whenTicked(1, second);
    expect(tick?.timer).toMatchObject({
      isPastDue: true,
      scheduleStatus: { last: '0001-01-01T00:00:00+00:00', next: '2020-01-01T00:00:00.000Z' },
    });
    expect(more).toEqual([]);
  });

  it('run at start-up when they ask for it, and are retried by their policy', async () => {
    const host = await startHost();

    const runs = await waitFor('three runs', async () => {
      const all = (await readJournal(host)).filter((entry) => entry.function === 'at-start');
      return all.length >= 3 ? all : undefined;
    });

    expect(runs.map(({ retry }) => retry?.retryCount)).toEqual([0, 1, 2]);
    expect(runs[0]?.retry?.maxRetryCount).toBe(2);
  });

  it('wait for their table while it is away, and go on with an empty one', async () => {
    const host = await startHost();
    await whenTicked(1, host);

    await tables.kill();
    await waitFor(
      'the log',
      () => host.lines.some((line) => line.includes('waits for its table')) || undefined,
    );
    await tables.start();

    const before = (await ticksOf(host)).length;
    await whenTicked(before + 1, host);
    expect(
      host.lines.filter((line) => line.includes('tick') && line.includes('waits for its table')),
    ).toHaveLength(1);
  }, 20_000);

  it('run by hand with the master key', async () => {
    const host = await startHost({ TICK_SCHEDULE: '0 0 0 1 1 *' });

    const answer = await fetch(`${host.origin}/admin/functions/tick`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey },
    });

    expect(answer.status).toBe(202);
    expect(await whenTicked(1, host)).toHaveLength(1);
  });
});

describe('a timer that cannot run', () => {
  it.each([
    ['a name for a schedule', { TICK_SCHEDULE: '%NO_SUCH%' }, 'not a schedule'],
    ['a bad schedule', { TICK_SCHEDULE: '61 * * * * *' }, '"61" is not a second'],
    ['no storage', { AzureWebJobsStorage: '' }, 'AzureWebJobsStorage'],
  ])('stops the host with exit code 2: %s', async (_what, settings, expected) => {
    await expect(startHost(settings)).rejects.toThrow(expected);
    await expect(startHost(settings)).rejects.toThrow('exit code 2');
  });
});
