import type { ProcessExit } from '../packages/emulator-kit/src/managed-process';
import { timing } from '../shared/kernel/timing';

export type Reviver = {
  readonly restart: () => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly say: (text: string) => void;
  /** Called once, when something has ended that is not started again. */
  readonly giveUp: () => void;
};

/**
 * What becomes of a process that ended by itself: the functions host is started again, as Azure does it, so that
 * killing it can be tried; the embedded services end with what they know, and so everything ends with them.
 */
export function makeReviver({ restart, now, say, giveUp }: Reviver): (exit: ProcessExit) => Promise<void> {
  let revivedAt = -Infinity;
  return async ({ name, code, signal }) => {
    const how = signal ?? `exit code ${String(code)}`;
    const isTooSoon = name === 'functions' && now() - revivedAt < timing.commands.hostRestart.ms;
    if (name !== 'functions' || isTooSoon) {
      const when = isTooSoon
        ? ` within ${timing.commands.hostRestart.ms / 1000} s of being started again`
        : '';
      say(`${name} ended by itself (${how})${when}; stopping the rest.`);
      giveUp();
      return;
    }
    say(`${name} ended by itself (${how}); starting it again.`);
    try {
      await restart();
      revivedAt = now();
      say(`${name} runs again.`);
    } catch {
      say(`${name} cannot be started again; stopping the rest.`);
      giveUp();
    }
  };
}
