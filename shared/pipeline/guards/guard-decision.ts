import type { DecideInput, Decision } from '../../licensing/decision';
import { countForGuards } from '../../licensing/guards/guard-counts';
import type { GuardCount } from '../../licensing/guards/guard-counts';
import { guardsOpen, judgeGuards } from '../../licensing/guards/guards';
import type { GuardVerdict } from '../../licensing/guards/guards';
import type { GuardWindow } from '../../store/ports/guard-store';
import type { Services } from '../services';
import type { Reason } from '../../words/reason';
import type { Rollout } from '../../words/rollout';
import { timing } from '../../kernel/timing';

/**
 * Whether the guards hold back what a decision would write, by what was counted in the last 24 hours; null: they do
 * not. A user whose change waits for approval stays held until a person has approved or cancelled it.
 */
export async function findHold(
  services: Pick<Services, 'guards' | 'ledgerCount' | 'rolloutStates' | 'rollouts'>,
  input: DecideInput,
  decision: Decision,
  rollout: Rollout | null,
): Promise<GuardVerdict | null> {
  const coming = guardedCount(input, decision, rollout);
  if (coming === null) return null;
  const { window, counted } = await services.guards.read(input.user.id);
  const uncounted = {
    reduction: coming.reduction && !counted.reduction,
    change: coming.change && !counted.change,
  };
  const verdict = await judge(services, input, window, uncounted);
  if (verdict !== null) return verdict;
  return (await isCollected(services, input)) ? collectedHold(coming) : null;
}

/** Counts the write before it is made. False: others have used up what the guards allow; look again. */
export async function reserveWrite(
  services: Pick<Services, 'guards' | 'ledgerCount'>,
  input: DecideInput,
  decision: Decision,
  rollout: Rollout | null,
): Promise<boolean> {
  const coming = guardedCount(input, decision, rollout);
  if (coming === null) return true;
  const usersWithLedger = await usersFor(services, input, timing.guards.count.ms);
  return services.guards.reserve(input.user.id, coming, (window, uncounted) => {
    const verdict = judgeGuards(input.policy.guards, { usersWithLedger, ...window }, uncounted);
    return verdict.reductions === null && verdict.changes === null;
  });
}

/** null: nothing that the guards are about, or a person has approved it. */
function guardedCount(input: DecideInput, decision: Decision, rollout: Rollout | null): GuardCount | null {
  const { guards, mode } = input.policy;
  if (mode === 'observe' || (guards.maxReductions === null && guards.maxChanges === null)) return null;
  if (rollout !== null && rollout.approvedBy !== null) return null;
  const coming = countForGuards(input, decision);
  return coming.reduction || coming.change ? coming : null;
}

async function judge(
  services: Pick<Services, 'ledgerCount'>,
  input: DecideInput,
  window: GuardWindow,
  uncounted: GuardCount,
): Promise<GuardVerdict | null> {
  for (const maxAgeMs of [timing.guards.count.ms, timing.guards.freshCount.ms]) {
    const usersWithLedger = await usersFor(services, input, maxAgeMs);
    const verdict = judgeGuards(input.policy.guards, { usersWithLedger, ...window }, uncounted);
    if (verdict.reductions === null && verdict.changes === null) return null;
    if (maxAgeMs === timing.guards.freshCount.ms) return verdict;
  }
  return guardsOpen;
}

async function usersFor(
  services: Pick<Services, 'ledgerCount'>,
  { policy }: DecideInput,
  maxAgeMs: number,
): Promise<number> {
  const { maxReductions, maxChanges } = policy.guards;
  const hasPercent = maxReductions?.percent !== undefined || maxChanges?.percent !== undefined;
  return hasPercent ? services.ledgerCount(maxAgeMs) : 0;
}

async function isCollected(
  services: Pick<Services, 'rolloutStates' | 'rollouts'>,
  { user }: DecideInput,
): Promise<boolean> {
  const rollout = await services.rolloutStates.collecting();
  if (rollout === undefined) return false;
  return (await services.rollouts.readMember(rollout.id, user.id))?.state === 'pending';
}

function collectedHold(coming: GuardCount): GuardVerdict {
  const reason: Reason = {
    code: 'guard/collected',
    text: 'Held: this change waits with others for approval ("licenser rollout list").',
  };
  return { reductions: coming.reduction ? reason : null, changes: coming.change ? reason : null };
}
