import { seededRandom } from '../../../shared/kernel/random';
import { UserSimulation } from './user-simulation';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** Trouble ends then; what it left undone must be found by the product itself. */
const calmAfterMs = 150_000;
/** No date falls into the last two hours, so that two looks ten minutes apart, and their retries, are over. */
const lastDateMs = 22 * hourMs;

/**
 * What is wrong with a user whose entitlement comes from a department, a group and dates, and of whom notifications, both
 * deltas and the agenda of the row tell, while everything goes wrong by chance; empty: nothing. With its story.
 */
export async function simulateSources(
  seed: number,
): Promise<{ readonly problems: readonly string[]; readonly story: string }> {
  const random = seededRandom(seed);
  const some = (most: number) => (random() < 0.5 ? 0 : random() * most);
  const faults = {
    reads: some(0.2),
    writes: some(0.4),
    tables: some(0.1),
    queues: some(0.1),
    kills: some(0.2),
    lostLocks: some(0.2),
    lagMs: some(8_000),
  };
  const simulation = new UserSimulation(seededRandom(seed + 2_000_000_011), faults, 'withDates');
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
  time.after(calmAfterMs, () => simulation.endTrouble());
  await time.run(dayMs);

  const { state, failures } = simulation;
  const problems = [
    ...(user.isLicensed === user.isEntitled
      ? []
      : [`entitled: ${String(user.isEntitled)}, licensed: ${String(user.isLicensed)}`]),
    ...(state?.outcome ? [] : ['no outcome']),
    ...(state?.intent ? ['a write is still open'] : []),
    ...failures.map((failure) => `a failure: ${JSON.stringify(failure)}`),
  ];
  return { problems, story: simulation.story };
}

/** What is wrong with the first of them that is not as it should be, with its story; undefined: nothing. */
export async function findMissedBySources(firstSeed: number, count: number): Promise<string | undefined> {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const { problems, story } = await simulateSources(seed);
    if (problems.length > 0) return [`Seed ${String(seed)}: ${problems.join('; ')}`, story].join('\n');
  }
  return undefined;
}
