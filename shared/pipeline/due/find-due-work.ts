import { findNextCensus } from '../census/find-next-census';
import { isSubscriptionDue } from '../intake/lifecycle';
import { isOvertakenDue } from '../rollouts/look-at-overtaken';
import type { Services } from '../services';
import type { DueWork } from '../../queue/due-work';

export type DueServices = Pick<
  Services,
  'clock' | 'cursors' | 'policies' | 'rollouts' | 'settings' | 'waitingSkus'
>;

/** Whether there is anything to do, by a few reads of small tables: this is asked several times a minute. */
export function isDue(services: DueServices, work: DueWork): Promise<boolean> {
  return questions[work](services);
}

const questions: Readonly<Record<DueWork, (services: DueServices) => Promise<boolean>>> = {
  rollouts: hasRollout,
  'waiting-list': async ({ waitingSkus }) => (await waitingSkus.current()).size > 0,
  'census-walk': async (services) => (await findNextCensus(services)) !== undefined,
  'graph-subscription': isSubscriptionDue,
};

/**
 * A rollout that runs or is settled, one that has ended and overtook users, or one that has ended and still claims the policy
 * pointer.
 */
async function hasRollout({ rollouts, policies, clock }: DueServices): Promise<boolean> {
  const all = await rollouts.list();
  const isOpen = all.some(
    (one) =>
      (one.endedAt === null && one.state !== 'collecting' && one.state !== 'awaiting') ||
      isOvertakenDue(one, clock.now()),
  );
  if (isOpen || all.length === 0) return isOpen;
  const { candidateOf } = await policies.pointer();
  return all.some(({ id, endedAt }) => id === candidateOf && endedAt !== null);
}
