import type { UserId } from '../../../../shared/kernel/ids';
import { makeCrashWatch } from '../../../../shared/pipeline/crashes/crash-watch';
import { handleCarefully } from '../../../../shared/pipeline/crashes/handle-carefully';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryHandling } from '../../../support/memory/memory-handling';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';
import { quietTask } from '../../../support/quiet-task';
import { makeRecordingLogger } from '../../../support/recording-logger';

export const minute = 60_000;

export const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Processes of the app, each on a machine of its own, over one table; a process dies by no longer being used. */
export function makeApp() {
  const t = makePipelineWorld();
  const clock = new ManualClock(10 * minute);
  const handling = makeMemoryHandling();
  let started = 0;
  const start = (machine = `machine-${String(started + 1)}`) => {
    const instance = `${machine} ${String(100 + started)} id-${String(++started)}`;
    let isDead = false;
    const crashWatch = makeCrashWatch({
      store: {
        ...handling,
        // A dead process says nothing more; its loop goes on here, since the test's process lives.
        beat: async (row) => (isDead ? undefined : handling.beat(row)),
      },
      clock,
      logger: makeRecordingLogger(),
      instance,
      // Of machine-N the process of the highest number runs, all earlier ones are gone.
      isRunning: () => false,
    });
    const services = { ...t.pipeline, clock, handling, crashWatch };
    const handle = (work: () => Promise<void>, messageId = 'm', user: UserId = userId) =>
      handleCarefully(services, quietTask, { messageId, userOf: () => user }, work);
    /** Begins to handle and never ends: the process has died. */
    const dieOf = async (messageId = 'm', user: UserId = userId) => {
      void handle(() => new Promise(() => undefined), messageId, user);
      for (let turn = 0; turn < 20; turn++) await tick();
      isDead = true;
    };
    return { instance, crashWatch, handle, dieOf };
  };
  /** Two deaths that no user caused: from here on handling is noted. */
  const becomeCareful = async () => {
    for (let death = 0; death < 2; death++) await start('old').crashWatch.isCareful();
    clock.advance(2 * minute);
  };
  return { t, clock, handling, start, becomeCareful };
}
