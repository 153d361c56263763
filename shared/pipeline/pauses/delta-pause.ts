import { GraphError } from '../../graph/refusals/graph-error';
import type { Services } from '../services';
import type { Task } from '../task';
import { liftOwn, pauseOwn } from './own-pause';
import { askGate } from './pause-gate';
import { intakeScope } from './pause-scope';

/**
 * Who set the pause: reading users and following their changes can be refused apart from each other, so that a round
 * which works says nothing of a pause that looks at users have set.
 */
const by = 'licenser (users-delta)';

/**
 * A round of following changes. Refused with 401 or 403, it pauses `intake`, as a refused look at a user does: rights
 * are missing, and nothing else would go better. One round a minute tries it then; the others cost no request. What
 * changes meanwhile is not lost, for the position stays where it is. A pause by anybody else does not stop a round:
 * its hints are parked.
 */
export async function whilePermitted(
  services: Pick<Services, 'clock' | 'control' | 'events' | 'pauses'>,
  task: Task,
  round: () => Promise<void>,
): Promise<void> {
  const pauses = await services.pauses.current();
  const pause = pauses.find(
    (one) => one.scope === intakeScope && one.origin === 'permission' && one.by === by,
  );
  if (pause !== undefined) {
    const gate = await askGate(services, [intakeScope]);
    if (gate.kind === 'paused') return;
  }
  try {
    await round();
  } catch (error) {
    if (!(error instanceof GraphError) || error.class !== 'permission') throw error;
    await pauseOwn(services, task, intakeScope, 'permission', error.message, by);
    return;
  }
  if (pause !== undefined) {
    await liftOwn(
      services,
      task,
      pause,
      'Following changes of users works again; parked work goes on by itself',
    );
  }
}
