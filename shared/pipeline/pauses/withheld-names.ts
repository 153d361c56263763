import { GraphError } from '../../graph/refusals/graph-error';
import { timing } from '../../kernel/timing';
import type { Pause } from '../../words/pause';
import type { Services } from '../services';
import type { Task } from '../task';
import { liftOwn } from './own-pause';
import { namesPauseBy } from './pause-scope';

/** No group of a tenant is called so, and asking for it takes the same permission as seeing a name. */
const probeName = 'licenser permission probe';

/**
 * Once a minute: may the app see names of groups again? Asked of Graph itself, because a user without groups can be
 * looked at all the time and proves nothing. A part of the `users-delta` timer, whose rounds go on meanwhile.
 * @throws GraphError other than a refusal
 */
export async function probeWithheldNames(
  services: Pick<Services, 'clock' | 'control' | 'directory' | 'events' | 'pauses'>,
  task: Task,
): Promise<void> {
  const pause = (await services.pauses.current()).find(isNamesPause);
  if (pause === undefined) return;
  if (!(await services.control.takeProbe(pause.scope, services.clock.now(), timing.pauses.probe.ms))) return;
  services.pauses.forget();
  try {
    await services.directory.findGroups(probeName);
  } catch (error) {
    if (error instanceof GraphError && (error.class === 'permission' || error.class === 'withheld')) return;
    throw error;
  }
  await liftOwn(services, task, pause, 'Names of groups can be read again; parked work goes on by itself');
}

function isNamesPause({ by, origin }: Pause): boolean {
  return origin === 'permission' && by === namesPauseBy;
}
