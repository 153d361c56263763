import { seededRandom } from '../../../shared/kernel/random';
import { findMissed, problemsOf } from './judge-simulation';
import type { SimulatedPolicy, SimulatedUser } from './simulated-user';
import { drawFaults } from './trouble';
import { UserSimulation } from './user-simulation';
import type { Processes } from './user-simulation';

const dayMs = 24 * 60 * 60_000;
/** Trouble ends then; what it left undone must be found by the product itself. */
const calmAfterMs = 150_000;
/** Groups follow their user within this time. */
const groupsWithinMs = 60_000;

export type JoinerVerdict = {
  readonly seed: number;
  /** What is not as the policy says; empty: all is well. */
  readonly problems: readonly string[];
  readonly story: string;
  /** What the user and their row have come to. */
  readonly end: JoinerEnd;
};

export type JoinerEnd = {
  readonly isLicensed: boolean;
  readonly outcome: string | null | undefined;
  readonly ledger: readonly string[];
  readonly writes: SimulatedUser['writes'];
};

/** A user joins, perhaps moves, leaves or comes back, while everything that can go wrong does so by chance. */
export async function simulateJoiner(
  seed: number,
  policy: SimulatedPolicy = 'withGroups',
  processes: Processes = 'shared',
): Promise<JoinerVerdict> {
  // What befalls the user and what goes wrong are drawn apart, so that every version of the product meets the same.
  const random = seededRandom(seed);
  const anyDepartment = () => (random() < 0.5 ? 'Sales' : 'Legal');
  const faults = drawFaults(random);
  const simulation = new UserSimulation(seededRandom(seed + 1_000_000_007), faults, policy, processes);
  const { time, user } = simulation;
  const later = (mostMs: number, happen: () => void) => time.after(random() * mostMs, happen);

  const first = anyDepartment();
  time.after(0, () => user.change({ isThere: true, department: first }));
  if (policy === 'withGroups' && random() < 0.4)
    later(groupsWithinMs, () => user.change({ isMember: true }, false));
  for (let moves = Math.floor(random() * 3); moves > 0; moves--) {
    const department = anyDepartment();
    later(120_000, () => user.change({ department }));
  }
  if (random() < 0.1) {
    const awayMs = random() < 0.5 ? random() * 60_000 : 15 * 60_000;
    later(60_000, () => {
      user.change({ isThere: false });
      time.after(awayMs, () => user.change({ isThere: true }));
    });
  }
  if (random() < 0.2) {
    const source = random() < 0.5 ? 'operator' : 'census';
    later(120_000, () => simulation.hear(source));
  }
  if (random() < 0.2) {
    const scope = random() < 0.5 ? 'apply' : 'intake';
    later(60_000, () => simulation.pause(scope));
    time.after(60_000 + random() * 60_000, () => simulation.resume(scope));
  }
  time.after(calmAfterMs, () => simulation.endTrouble());
  await time.run(dayMs);

  const { state } = simulation;
  const problems = problemsOf(simulation);
  const end: JoinerEnd = {
    isLicensed: user.isLicensed,
    outcome: state?.outcome,
    ledger: simulation.ledger.map(({ skuId }) => skuId),
    writes: user.writes,
  };
  return { seed, problems, story: simulation.story, end };
}

/** What is wrong with the first of them that is not as it should be, with its story; undefined: nothing. */
export function findMissedJoiner(
  firstSeed: number,
  count: number,
  policy: SimulatedPolicy,
  processes: Processes = 'shared',
): Promise<string | undefined> {
  return findMissed(firstSeed, count, (seed) => simulateJoiner(seed, policy, processes));
}
