import { timing } from '../../kernel/timing';
import type { Rollout } from '../../words/rollout';
import type { Services } from '../services';

const manyMembers = 1_000;

type Counted = NonNullable<Rollout['counted']>;

/** A rollout of so many members that not each reader counts them: the timer of rollouts does it for all. */
export function isLarge({ members, counted }: Pick<Rollout, 'members' | 'counted'>): boolean {
  const known = Object.values(counted?.states ?? {}).reduce((sum, count) => sum + count, 0);
  return Math.max(members, known) > manyMembers;
}

/** The members of a rollout by state, as they are now. */
export async function countMembers(
  { rollouts, clock }: Pick<Services, 'rollouts' | 'clock'>,
  id: string,
): Promise<Counted> {
  return { at: clock.now(), states: await rollouts.countMembers(id) };
}

/**
 * Counts a rollout where its row does not say what readers need: a large one that runs, once a minute; one that an
 * earlier version ended.
 * @throws ConcurrencyError a person has just changed it
 */
export async function keepCounted(
  services: Pick<Services, 'rollouts' | 'clock'>,
  rollout: Rollout,
): Promise<Rollout> {
  const { counted, endedAt, kind } = rollout;
  const age = services.clock.now() - (counted?.at ?? -Infinity);
  // What guards held back gathers without a number in the row.
  const isSizeUnknown = kind === 'held' && counted === undefined;
  const isDue =
    endedAt === null
      ? isSizeUnknown || (isLarge(rollout) && age >= timing.rollouts.counted.ms)
      : counted === undefined;
  if (!isDue) return rollout;
  return services.rollouts.update(rollout, { counted: await countMembers(services, rollout.id) });
}
