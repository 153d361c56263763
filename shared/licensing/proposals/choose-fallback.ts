import type { SkuId } from '../../kernel/ids';
import { findAvailability } from '../seats/availability';
import type { WantedSku } from '../entitlement/entitlement';
import { areExclusive } from '../entitlement/entitlement';
import { withoutEnding } from '../ledger';
import type { Proposer } from './proposer';
import { proposeOwned } from './propose-owned';
import type { NewLicense } from './propose-wanted';
import { findBetterHeld } from '../holding/better-held';
import { isLower, type Situation } from './situation';

/**
 * What the user has while a wanted SKU cannot be had: the best fallback that is held or has a seat. A license of
 * ours that is lower in the same exclusive group is kept, and changed only for a better one of that group.
 */
export function chooseFallback(
  proposer: Proposer,
  wanted: WantedSku,
  arriving: Map<SkuId, NewLicense>,
): SkuId | undefined {
  const { situation } = proposer;
  const kept = findLowerOwned(situation, wanted.skuId);
  const isBarred = makeIsBarred(proposer, arriving);
  const choice = wanted.standIns.find(
    (standIn) =>
      situation.pinned.get(standIn.skuId) !== null &&
      !isBarred(standIn.skuId) &&
      (isHeld(situation, standIn.skuId) ||
        arriving.has(standIn.skuId) ||
        findBetterHeld(situation, standIn.skuId) !== undefined ||
        findAvailability(situation, standIn).kind === 'available'),
  );
  if (kept !== undefined && kept !== choice?.skuId) {
    const isBettered = choice !== undefined && isLower(situation.exclusive, kept, choice.skuId);
    const isBeside = choice !== undefined && isHeld(situation, choice.skuId);
    if (!isBettered || isBeside) keep(proposer, kept, wanted.skuId);
    if (!isBettered && !isBeside) return kept;
  }
  if (choice === undefined) return undefined;
  const { skuId } = choice;
  // A SKU that is wanted or pinned for itself is looked after there; of two that share one, the first speaks for both.
  const isSettled =
    situation.isWanted(skuId) ||
    situation.pinned.has(skuId) ||
    proposer.standIns.has(skuId) ||
    arriving.has(skuId);
  if (isSettled) return skuId;
  if (situation.owned.has(skuId)) {
    proposer.standIns.add(skuId);
    proposeOwned(proposer, choice);
    return skuId;
  }
  if (situation.direct.has(skuId) || situation.inherited.has(skuId)) return skuId;
  const better = findBetterHeld(situation, skuId);
  if (better !== undefined) return better;
  arriving.set(skuId, { wanted: choice, instead: wanted, ending: [] });
  return skuId;
}

/** Stand-ins better than the chosen one that only lack a seat: the user waits for these too. */
export function findSought(
  proposer: Proposer,
  wanted: WantedSku,
  chosen: SkuId | undefined,
  arriving: ReadonlyMap<SkuId, NewLicense>,
): SkuId[] {
  const { situation } = proposer;
  const isBarred = makeIsBarred(proposer, arriving, chosen);
  const ids = wanted.standIns.map((standIn) => standIn.skuId);
  const better = chosen === undefined || !ids.includes(chosen) ? ids : ids.slice(0, ids.indexOf(chosen));
  return wanted.standIns
    .filter(
      (standIn) =>
        better.includes(standIn.skuId) &&
        standIn.skuId !== chosen &&
        situation.pinned.get(standIn.skuId) !== null &&
        !isHeld(situation, standIn.skuId) &&
        !isBarred(standIn.skuId) &&
        findAvailability(situation, standIn).kind === 'waiting',
    )
    .map((standIn) => standIn.skuId);
}

/** Something else of its exclusive group comes or stays, beside what would give way to it. */
function makeIsBarred(
  { situation, standIns }: Proposer,
  arriving: ReadonlyMap<SkuId, NewLicense>,
  givesWay?: SkuId,
): (skuId: SkuId) => boolean {
  const others = [...standIns, ...[...arriving.values()].map((license) => license.wanted.skuId)].filter(
    (skuId) => skuId !== givesWay,
  );
  return (skuId) =>
    others.some((other) => other !== skuId && areExclusive(situation.exclusive, other, skuId));
}

function isHeld(situation: Situation, skuId: SkuId): boolean {
  return situation.direct.has(skuId) || situation.inherited.has(skuId);
}

/** The best license of ours below this SKU in its exclusive groups that nothing else asks for. */
function findLowerOwned(situation: Situation, skuId: SkuId): SkuId | undefined {
  return situation.exclusive
    .filter((group) => group.includes(skuId))
    .flatMap((group) => group.slice(group.indexOf(skuId) + 1))
    .find((lower) => situation.owned.has(lower) && situation.pinned.get(lower) !== null);
}

function keep(proposer: Proposer, skuId: SkuId, instead: SkuId): void {
  const { situation } = proposer;
  const owned = situation.owned.get(skuId);
  const isSettled = situation.isWanted(skuId) || situation.pinned.has(skuId) || proposer.standIns.has(skuId);
  if (owned !== undefined && !isSettled) {
    proposer.standIns.add(skuId);
    proposer.keep(withoutEnding(owned.entry));
    proposer.say(skuId, 'nothing', situation.write.standsIn(skuId, instead));
  }
}
