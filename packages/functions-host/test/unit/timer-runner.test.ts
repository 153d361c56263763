import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../emulator-kit/test/support/manual-clock';
import type { RegisteredFunction } from '../../src/app/function-registry';
import type { TimerTrigger } from '../../src/app/trigger';
import type { Invocation } from '../../src/invoker';
import { parseSchedule } from '../../src/timers/schedule';
import { TimerRunner } from '../../src/timers/timer-runner';
import type { TakeOver } from '../../src/timers/timer-runner';
import type { TimerRows } from '../../src/timers/timer-table';
import { MemoryRows, makeListLogger } from '../support/memory-timer-rows';
import type { Run } from '../support/memory-timer-rows';

const leaseMs = 5_000;
const startedAt = Date.UTC(2026, 0, 1, 12);

let clock: ManualClock;
let rows: MemoryRows;
let runs: Run[];
let lines: string[];
let open: TimerRunner[];

beforeEach(() => {
  clock = new ManualClock(startedAt);
  rows = new MemoryRows();
  runs = [];
  lines = [];
  open = [];
});

afterEach(async () => {
  const stopped = Promise.all(open.map((runner) => runner.stop()));
  await advance(60_000, 10_000);
  await stopped;
});

/** A host with the timer; `work` is what its function does. */
function startHost(
  host: string,
  options: {
    readonly work?: (run: Run) => Promise<void> | void;
    readonly schedule?: string;
    readonly trigger?: Partial<TimerTrigger>;
    readonly retryOptions?: RegisteredFunction['metadata']['retryOptions'];
    readonly table?: TimerRows;
    readonly takeOver?: TakeOver;
  } = {},
): TimerRunner {
  const { work = () => undefined } = options;
  const schedule = options.schedule ?? '* * * * * *';
  const registered = {
    metadata: { name: 'tick', ...(options.retryOptions && { retryOptions: options.retryOptions }) },
  } as RegisteredFunction;
  const invoke = async (invocation: Invocation) => {
    const { json } = invocation.input as { json: string };
    const run = {
      at: clock.now(),
      host,
      retry: invocation.retry?.retryCount,
      input: JSON.parse(json) as unknown,
    };
    runs.push(run);
    await work(run);
    return undefined;
  };
  const runner = new TimerRunner({
    function: registered,
    trigger: {
      kind: 'timer',
      bindingName: 'timer',
      schedule,
      runOnStartup: false,
      useMonitor: undefined,
      ...options.trigger,
    },
    schedule: parseSchedule(schedule, clock.now()),
    table: options.table ?? rows,
    invoker: { invoke },
    clock,
    log: makeListLogger(lines),
    hostId: host,
    takeOver: options.takeOver ?? { lockMs: leaseMs, pollMs: 1_000 },
  });
  runner.start();
  open.push(runner);
  return runner;
}

/** Lets everything go on that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await setImmediate();
}

/** Moves the clock by `ms`, in steps short enough for what wakes to go on in between. */
async function advance(ms: number, stepMs = 100): Promise<void> {
  await settle();
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs);
    await settle();
  }
}

describe('timers', () => {
  it('fire once per occurrence, however many hosts there are', async () => {
    startHost('a');
    startHost('b');

    await advance(5_000);

    expect(runs.map(({ at }) => at - startedAt)).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(runs[0]?.input).toMatchObject({ IsPastDue: false, ScheduleStatus: null });
  });

  it('do not overlap with their own next occurrence, in this host or another', async () => {
    for (const host of ['a', 'b']) startHost(host, { work: () => clock.sleep(1_200) });

    await advance(10_000);

    const starts = runs.map(({ at }) => at);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(starts.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_200);
  });

  it('keep their claim while they run, however long', async () => {
    const longFirst = { work: () => clock.sleep(runs.length === 1 ? 30_000 : 0) };
    for (const host of ['a', 'b']) startHost(host, longFirst);

    await advance(30_900);

    expect(runs).toHaveLength(1);
  });

  it('are followed at once by the occurrence that a long run has missed, once', async () => {
    const longFirst = { work: () => clock.sleep(runs.length === 1 ? 150_000 : 0) };
    startHost('a', { schedule: '0 * * * * *', ...longFirst });

    await advance(300_000, 1_000);

    expect(runs.map(({ at }) => (at - startedAt) / 1_000)).toEqual([60, 210, 240, 300]);
  });

  /** A host that dies when its first run begins; another starts right then. */
  async function killInFirstRun(takeOver: TakeOver): Promise<void> {
    let isKilled = false;
    // A killed process gets no answer any more: what it awaits never ends.
    const whileAlive = <Value>(work: () => Promise<Value>) =>
      isKilled ? new Promise<Value>(() => undefined) : work();
    startHost('a', {
      takeOver,
      table: {
        read: () => whileAlive(() => rows.read()),
        create: (name, row) => whileAlive(() => rows.create(name, row)),
        replace: (name, row, etag) => whileAlive(() => rows.replace(name, row, etag)),
      },
      work: () => {
        isKilled = true;
        return new Promise<void>(() => undefined);
      },
    });
    await advance(1_000);
    open.splice(0);
    startHost('b', { takeOver });
  }

  it('go on in another host when theirs is killed in the middle of a run, once its lock is void', async () => {
    await killInFirstRun({ lockMs: leaseMs, pollMs: 1_000 });

    await advance(leaseMs - 500);
    const early = runs.map(({ host }) => host);
    await advance(2_500);

    expect(early).toEqual(['a']);
    expect(runs[1]).toMatchObject({ host: 'b' });
    expect((runs[1]?.at ?? 0) - startedAt).toBeGreaterThanOrEqual(1_000 + leaseMs);
  });

  it('are taken over only when the other host looks again, as slowly as in Azure', async () => {
    await killInFirstRun({ lockMs: 15_000, pollMs: 15_000 });

    await advance(14_500);
    const early = runs.map(({ host }) => host);
    await advance(17_000);

    expect(early).toEqual(['a']);
    const tookOverMs = (runs[1]?.at ?? 0) - startedAt - 1_000;
    expect(tookOverMs).toBeGreaterThanOrEqual(15_000);
    expect(tookOverMs).toBeLessThanOrEqual(31_000);
  });

  it('stay where they are until the other host looks again, also when the lock is long void', async () => {
    await killInFirstRun({ lockMs: 15_000, pollMs: 60_000 });

    await advance(59_000, 250);
    const early = runs.map(({ host }) => host);
    await advance(2_500, 250);

    expect(early).toEqual(['a']);
    expect(runs.at(-1)?.host).toBe('b');
  });

  it('stay with the host that has their lock, also between its runs', async () => {
    startHost('a', { takeOver: { lockMs: 15_000, pollMs: 15_000 } });
    await advance(500);
    startHost('b', { takeOver: { lockMs: 15_000, pollMs: 15_000 } });

    await advance(60_000, 250);

    expect(new Set(runs.map(({ host }) => host))).toEqual(new Set(['a']));
    expect(runs).toHaveLength(60);
  });

  it('may run in another host beside a run of one that was told to stop: the lock is given back at once', async () => {
    const monitored = { schedule: '0 * * * * *', trigger: { useMonitor: true } };
    const a = startHost('a', { ...monitored, work: () => clock.sleep(30_000) });
    await advance(60_000, 500);
    const stopped = a.stop();
    startHost('b', monitored);
    await advance(2_000);

    expect(runs.map(({ host }) => host)).toEqual(['a', 'b']);
    await advance(30_000, 500);
    await stopped;
    expect(rows.row).toMatchObject({ owner: 'b', next: startedAt + 120_000 });
  });

  it('catch up once on a missed run and say so, when they are monitored', async () => {
    const next = startedAt - 86_400_000;
    const schedule = '0 0 0 1 1 *';
    rows.row = { schedule, last: undefined, next, lastUpdated: next, owner: '', leaseUntil: next };
    startHost('a', { schedule, trigger: { useMonitor: true } });

    await advance(10_000);

    expect(runs).toHaveLength(1);
    expect(runs[0]?.input).toMatchObject({
      IsPastDue: true,
      ScheduleStatus: { Last: '0001-01-01T00:00:00+00:00', Next: new Date(next).toISOString() },
    });
    expect(rows.row.last).toBe(next);
  });

  it('skip a missed run when they are not monitored', async () => {
    const next = startedAt - 86_400_000;
    const schedule = '0 0 0 1 1 *';
    rows.row = { schedule, last: undefined, next, lastUpdated: next, owner: '', leaseUntil: next };
    startHost('a', { schedule, trigger: { useMonitor: false } });

    await advance(10_000);

    expect(runs).toEqual([]);
    expect(rows.row.next).toBeGreaterThan(startedAt);
  });

  it('wait between the retries of their policy', async () => {
    startHost('a', {
      schedule: '0 0 0 1 1 *',
      trigger: { runOnStartup: true },
      retryOptions: { retryStrategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { seconds: 7 } },
      work: () => {
        throw new Error('not yet');
      },
    });

    await advance(60_000, 500);

    expect(runs.map(({ at, retry }) => [at - startedAt, retry])).toEqual([
      [0, 0],
      [7_000, 1],
      [14_000, 2],
    ]);
  });

  it('wait for their table while it is away, say so once, and go on', async () => {
    startHost('a');
    await advance(1_000);

    rows.isAway = true;
    await advance(5_000);
    const during = runs.length;
    rows.isAway = false;
    await advance(2_000);

    expect(during).toBe(1);
    expect(runs.length).toBeGreaterThan(during);
    expect(lines).toEqual(['The timer waits for its table', 'The timer has its table again']);
  });

  it('finish a run in hand before they stop, and start no other', async () => {
    const runner = startHost('a', { work: () => clock.sleep(3_000) });
    await advance(1_000);
    let isStopped = false;

    const stopping = runner.stop().then(() => {
      isStopped = true;
    });
    await advance(2_900);
    const before = isStopped;
    await advance(200);
    await stopping;

    expect(before).toBe(false);
    expect(runs).toHaveLength(1);
    expect(rows.row?.owner).toBe('');
  });
});
