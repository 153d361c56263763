import { createRequire } from 'node:module';
import { runHost } from '@auto-licenser/functions-host/run';
import { MovedClock } from './moved-clock';

/**
 * A functions host whose timers see `IDLE_MINUTES` pass as fast as their functions run: the clock stands still while one
 * runs and jumps to the next occurrence when all timers sleep. Functions, tables, broker and Graph are the real ones.
 * Its last line on stdout is what was counted, as JSON (`IdleCount`).
 */
export type IdleCount = {
  /** Runs by function. */
  readonly runs: Readonly<Record<string, number>>;
  /** Longest time between two rounds of following changes, milliseconds of the moved clock. */
  readonly longestDeltaPauseMs: number;
  /** Of this process: host and functions. */
  readonly processorMs: number;
};

type Hooks = {
  app: {
    hook: Record<
      'preInvocation' | 'postInvocation',
      (
        run: (context: { invocationContext: { functionName: string; invocationId: string } }) => void,
      ) => unknown
    >;
  };
};

const timers = 8;
const minute = 60_000;

async function countIdleTime(clock: MovedClock, forMs: number): Promise<IdleCount> {
  // Loaded only now: it needs what the host supplies.
  const { app } = createRequire(__filename)('@azure/functions') as Hooks;
  const runs: Record<string, number> = {};
  const rounds: number[] = [clock.now()];
  const running = new Map<string, string>();
  app.hook.preInvocation(({ invocationContext: { functionName, invocationId } }) => {
    running.set(invocationId, functionName);
    runs[functionName] = (runs[functionName] ?? 0) + 1;
    if (functionName === 'users-delta') rounds.push(clock.now());
  });
  app.hook.postInvocation(({ invocationContext: { invocationId } }) => {
    running.delete(invocationId);
  });
  const say = () => `running: ${[...running.values()].join(', ')}`;
  const before = process.cpuUsage();
  const end = clock.now() + forMs;
  for (;;) {
    await clock.whenAsleep(timers, () => running.size === 0, say);
    if (clock.next() > end) break;
    clock.jump();
  }
  rounds.push(end);
  const { user, system } = process.cpuUsage(before);
  const pauses = rounds.slice(1).map((at, index) => at - (rounds[index] ?? at));
  return { runs, longestDeltaPauseMs: Math.max(...pauses), processorMs: (user + system) / 1_000 };
}

const clock = new MovedClock();
runHost({ clock });
clock
  .whenAsleep(timers, () => true)
  .then(() => countIdleTime(clock, Number(process.env['IDLE_MINUTES']) * minute))
  .then(
    (count) => process.stdout.write(`${JSON.stringify(count)}\n`, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
