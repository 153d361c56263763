import type { Environment } from './config';

export type Schedules = {
  readonly delta: string;
  readonly subscription: string;
  readonly deadLetters: string;
  readonly rollouts: string;
  readonly waitingList: string;
  readonly census: string;
  readonly censusWalk: string;
  readonly observe: string;
};

/** What registration needs before anything else is read. */
export function readSchedules(environment: Environment): Schedules {
  return {
    delta: environment['LICENSER_DELTA_SCHEDULE'] || '*/15 * * * * *',
    subscription: environment['LICENSER_SUBSCRIPTION_SCHEDULE'] || '0 */15 * * * *',
    deadLetters: environment['LICENSER_DEAD_LETTER_SCHEDULE'] || '30 */5 * * * *',
    rollouts: environment['LICENSER_ROLLOUT_SCHEDULE'] || '10 */10 * * * *',
    waitingList: environment['LICENSER_WAITING_SCHEDULE'] || '25 */10 * * * *',
    census: environment['LICENSER_CENSUS_SCHEDULE'] || '0 30 2 * * *',
    censusWalk: environment['LICENSER_CENSUS_WALK_SCHEDULE'] || '20 */10 * * * *',
    observe: environment['LICENSER_OBSERVE_SCHEDULE'] || '40 * * * * *',
  };
}

const schedulesOfDueWork = {
  rollouts: 'LICENSER_ROLLOUT_SCHEDULE',
  'waiting-list': 'LICENSER_WAITING_SCHEDULE',
  'census-walk': 'LICENSER_CENSUS_WALK_SCHEDULE',
} as const;

/**
 * Functions that have work only at times, and no schedule of their own: the timer of the deltas has them run when there is
 * some, and their default schedule is a slow one for what it missed. A schedule that is set is kept as it is.
 */
export function findUnscheduled(environment: Environment): readonly (keyof typeof schedulesOfDueWork)[] {
  const works = Object.keys(schedulesOfDueWork) as (keyof typeof schedulesOfDueWork)[];
  return works.filter((work) => !environment[schedulesOfDueWork[work]]);
}
