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

const stopHosts = async () => {
  await Promise.all(hosts.splice(0).map((host) => host.process.stop()));
};

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

afterAll(async () => {
  await tables.stop();
});

/** Runs of the function `at-start` with their place in the retry policy. */
function startRunsOf(host: HostProcess, count: number): Promise<JournalEntry[]> {
  return waitFor(`${count} runs at start`, async () => {
    const all = (await readJournal(host)).filter((entry) => entry.function === 'at-start');
    return all.length >= count ? all : undefined;
  });
}

describe('timers of two hosts', () => {
  let pair: readonly [HostProcess, HostProcess];

  beforeAll(async () => {
    pair = await Promise.all([startHost(), startHost()]);
  });

  afterAll(stopHosts);

  it('fire once per occurrence', async () => {
    const ticks = await whenTicked(4, ...pair);

    // One a second takes 3 s, less what a busy host is late with the first; each host for itself would take one second.
    expect((ticks[3]?.at ?? 0) - (ticks[0]?.at ?? 0)).toBeGreaterThan(1_500);
    expect(ticks[0]?.timer).toEqual({
      schedule: { adjustForDST: true },
      scheduleStatus: null,
      isPastDue: false,
    });
  });

  it('run at start-up when they ask for it, and are retried by their policy', async () => {
    // Each host runs it at its own start, unless the other is just running it.
    const runs = (await Promise.race(pair.map((host) => startRunsOf(host, 3)))).slice(0, 3);

    expect(runs.map(({ retry }) => retry?.retryCount)).toEqual([0, 1, 2]);
    expect(runs[0]?.retry?.maxRetryCount).toBe(2);
  });

  it('run by hand with the master key', async () => {
    const [host] = pair;
    const before = (await readJournal(host)).filter((entry) => entry.function === 'at-start').length;

    const answer = await fetch(`${host.origin}/admin/functions/at-start`, {
      method: 'POST',
      headers: { 'x-functions-key': masterKey },
    });

    expect(answer.status).toBe(202);
    expect(await startRunsOf(host, before + 1)).not.toHaveLength(before);
  });
});

describe('a timer of one host', () => {
  afterEach(async () => {
    await stopHosts();
    await timerRows().deleteEntity('timer', 'tick');
  });

  it('catches up once on a missed run and says so, when it is monitored', async () => {
    const monitored = { TICK_SCHEDULE: '0 0 0 1 1 *', TICK_MONITOR: 'true' };
    const missed = '2020-01-01T00:00:00.000Z';
    await timerRows().upsertEntity(
      {
        partitionKey: 'timer',
        rowKey: 'tick',
        schedule: monitored.TICK_SCHEDULE,
        last: '',
        next: missed,
        lastUpdated: missed,
        owner: '',
        leaseUntil: missed,
      },
      'Replace',
    );

    const host = await startHost(monitored);

    const [tick, ...more] = await whenTicked(1, host);
    expect(tick?.timer).toMatchObject({
      isPastDue: true,
      scheduleStatus: { last: '0001-01-01T00:00:00+00:00', next: missed },
    });
    expect(more).toEqual([]);
  });

  it('waits for its table while that is away, and goes on with an empty one', async () => {
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
  });
});

describe('a timer that cannot run', () => {
  it.each([
    ['a name for a schedule', { TICK_SCHEDULE: '%NO_SUCH%' }, 'not a schedule'],
    ['a bad schedule', { TICK_SCHEDULE: '61 * * * * *' }, '"61" is not a second'],
    ['no storage', { AzureWebJobsStorage: '' }, 'AzureWebJobsStorage'],
  ])('stops the host with exit code 2: %s', async (_what, settings, expected) => {
    const error = await startHost(settings).then(
      () => undefined,
      (thrown: Error) => thrown.message,
    );

    expect(error).toContain(expected);
    expect(error).toContain('exit code 2');
  });
});
