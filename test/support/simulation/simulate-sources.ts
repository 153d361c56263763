import { seededRandom } from '../../../shared/kernel/random';
import { findMissed, problemsOf } from './judge-simulation';
import { drawFaults } from './trouble';
import { UserSimulation } from './user-simulation';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Trouble ends then; what it left undone must be found by the product itself. */
const calmAfterMs = 150_000;
/** No date falls into the last two hours, so that two looks ten minutes apart, and their retries, are over. */
const lastDateMs = 22 * hourMs;
/** The census of the night comes after the last change. */
const censusAtMs = 22.2 * hourMs;

/**
 * What is wrong with a user whose entitlement comes from a department, a group and dates, and of whom notifications, both
 * deltas, a census and the agenda of the row tell, while everything goes wrong by chance, and the deltas keep some
 * changes to themselves; empty: nothing. With its story.
 */
export async function simulateSources(
  seed: number,
): Promise<{ readonly problems: readonly string[]; readonly story: string }> {
  const random = seededRandom(seed);
  const faults = drawFaults(random);
  // Drawn apart, so that the lives of the seeds stay what they were.
  const ofSources = seededRandom(seed + 3_000_000_019);
  const sources = {
    untold: ofSources() < 0.5 ? ofSources() * 0.5 : 0,
  };
  const simulation = new UserSimulation(
    seededRandom(seed + 2_000_000_011),
    faults,
    'withDates',
    'shared',
    sources,
  );
  const { time, user } = simulation;
  const later = (mostMs: number, happen: () => void) => time.after(random() * mostMs, happen);
  const anyDepartment = () => (random() < 0.2 ? 'Sales' : 'Legal');
  const anyDate = () => time.startedAt + (random() * 2 - 0.5) * lastDateMs;
  const join = (isMember: boolean) => {
    user.change({ isMember }, false);
    simulation.reportMembership();
  };

  const department = anyDepartment();
  // The rule begins a day before the first day.
  const hireAt = random() < 0.5 ? Math.min(anyDate(), time.startedAt + lastDateMs) + dayMs : undefined;
  const leaveAt = random() < 0.5 ? Math.min(anyDate(), time.startedAt + lastDateMs) : undefined;
  const dates = {
    ...(hireAt === undefined ? {} : { hireAt }),
    ...(leaveAt === undefined ? {} : { leaveAt }),
  };
  time.after(0, () => user.change({ isThere: true, department, ...dates }));
  // In the midst of the trouble, and long after it.
  for (let moves = Math.floor(random() * 4); moves > 0; moves--) {
    const isMember = random() < 0.5;
    later(random() < 0.5 ? 120_000 : lastDateMs, () => join(isMember));
  }
  if (random() < 0.4) later(120_000, () => user.change({ department: anyDepartment() }));
  if (random() < 0.3) {
    const moved = Math.min(anyDate(), time.startedAt + lastDateMs);
    later(120_000, () => user.change(random() < 0.5 ? { hireAt: moved + dayMs } : { leaveAt: moved }));
  }
  if (random() < 0.2) later(120_000, () => simulation.hear(random() < 0.5 ? 'operator' : 'census'));
  if (ofSources() < 0.2) {
    const awayMs = ofSources() * 30 * 60_000;
    time.after(ofSources() * (lastDateMs - hourMs), () => {
      user.change({ isThere: false });
      time.after(awayMs, () => user.change({ isThere: true }));
    });
  }
  if (sources.untold > 0) time.after(censusAtMs, () => simulation.hear('census'));
  time.after(calmAfterMs, () => simulation.endTrouble());
  await time.run(dayMs);

  return { problems: problemsOf(simulation), story: simulation.story };
}

/** What is wrong with the first of them that is not as it should be, with its story; undefined: nothing. */
export function findMissedBySources(firstSeed: number, count: number): Promise<string | undefined> {
  return findMissed(firstSeed, count, simulateSources);
}
