import type { SkuId } from '../../kernel/ids';
import { findAvailability } from '../seats/availability';
import type { WantedSku } from '../entitlement/entitlement';
import { areExclusive } from '../entitlement/entitlement';
import { withoutEnding } from '../ledger';
import type { Proposer } from './proposer';
import { proposeOwned } from './propose-owned';
import type { NewLicense } from './proposal';
import { findBetterHeld } from '../holding/better-held';
import { isLower, type Situation } from '../situation';

/** What a user has while a wanted SKU cannot be had. */
export type Fallback = {
  /** The SKU that is held or given meanwhile; undefined: none. */
  readonly skuId: SkuId | undefined;
  /** The new license of it, where it has to be given first. */
  readonly arriving: NewLicense | null;
};

/**
 * What the user has while a wanted SKU cannot be had: the best fallback that is held or has a seat. Our license that
 * is lower in the same exclusive group is kept, and changed only for a better one of that group. `arriving`: the new
 * licenses that are given already.
 */
export function chooseFallback(
  proposer: Proposer,
  wanted: WantedSku,
  arriving: ReadonlyMap<SkuId, NewLicense>,
): Fallback {
  const { situation } = proposer;
  const kept = findLowerOwned(situation, wanted.skuId);
  const isBarred = makeIsBarred(proposer, arriving);
  const choice = wanted.fallbacks.find(
    (fallback) =>
      situation.excepted.get(fallback.skuId) !== null &&
      !isBarred(fallback.skuId) &&
      (isHeld(situation, fallback.skuId) ||
        arriving.has(fallback.skuId) ||
        findBetterHeld(situation, fallback.skuId) !== undefined ||
        findAvailability(situation, fallback).kind === 'available'),
  );
  if (kept !== undefined && kept !== choice?.skuId) {
    const isBettered = choice !== undefined && isLower(situation.exclusive, kept, choice.skuId);
    const isBeside = choice !== undefined && isHeld(situation, choice.skuId);
    if (!isBettered || isBeside) keep(proposer, kept, wanted.skuId);
    if (!isBettered && !isBeside) return held(kept);
  }
  if (choice === undefined) return held(undefined);
  const { skuId } = choice;
  // A SKU that is wanted for itself or named by an exception is handled there; where two
  // wanted SKUs share a fallback, the first one proposes it for both.
  const isProposed =
    situation.isWanted(skuId) ||
    situation.excepted.has(skuId) ||
    proposer.keptFallbacks.has(skuId) ||
    arriving.has(skuId);
  if (isProposed) return held(skuId);
  if (situation.owned.has(skuId)) {
    proposer.keptFallbacks.add(skuId);
    proposeOwned(proposer, choice);
    return held(skuId);
  }
  if (situation.direct.has(skuId) || situation.inherited.has(skuId)) return held(skuId);
  const better = findBetterHeld(situation, skuId);
  if (better !== undefined) return held(better);
  return { skuId, arriving: { wanted: choice, instead: wanted, ending: [] } };
}

/** Nothing new has to be given. */
function held(skuId: SkuId | undefined): Fallback {
  return { skuId, arriving: null };
}

/** Fallbacks better than the chosen one that only lack a seat: the user waits for these too. */
export function findSought(
  proposer: Proposer,
  wanted: WantedSku,
  chosen: SkuId | undefined,
  arriving: ReadonlyMap<SkuId, NewLicense>,
): SkuId[] {
  const { situation } = proposer;
  const isBarred = makeIsBarred(proposer, arriving, chosen);
  const ids = wanted.fallbacks.map((fallback) => fallback.skuId);
  const better = chosen === undefined || !ids.includes(chosen) ? ids : ids.slice(0, ids.indexOf(chosen));
  return wanted.fallbacks
    .filter(
      (fallback) =>
        better.includes(fallback.skuId) &&
        fallback.skuId !== chosen &&
        situation.excepted.get(fallback.skuId) !== null &&
        !isHeld(situation, fallback.skuId) &&
        !isBarred(fallback.skuId) &&
        findAvailability(situation, fallback).kind === 'waiting',
    )
    .map((fallback) => fallback.skuId);
}

/** Something else of its exclusive group comes or stays, beside what would give way to it. */
function makeIsBarred(
  { situation, keptFallbacks }: Proposer,
  arriving: ReadonlyMap<SkuId, NewLicense>,
  givesWay?: SkuId,
): (skuId: SkuId) => boolean {
  const others = [...keptFallbacks, ...[...arriving.values()].map((license) => license.wanted.skuId)].filter(
    (skuId) => skuId !== givesWay,
  );
  return (skuId) =>
    others.some((other) => other !== skuId && areExclusive(situation.exclusive, other, skuId));
}

function isHeld(situation: Situation, skuId: SkuId): boolean {
  return situation.direct.has(skuId) || situation.inherited.has(skuId);
}

/** Our best license below this SKU in its exclusive groups that nothing else asks for. */
function findLowerOwned(situation: Situation, skuId: SkuId): SkuId | undefined {
  return situation.exclusive
    .filter((group) => group.includes(skuId))
    .flatMap((group) => group.slice(group.indexOf(skuId) + 1))
    .find((lower) => situation.owned.has(lower) && situation.excepted.get(lower) !== null);
}

function keep(proposer: Proposer, skuId: SkuId, instead: SkuId): void {
  const { situation } = proposer;
  const owned = situation.owned.get(skuId);
  const isProposed =
    situation.isWanted(skuId) || situation.excepted.has(skuId) || proposer.keptFallbacks.has(skuId);
  if (owned !== undefined && !isProposed) {
    proposer.keptFallbacks.add(skuId);
    proposer.keep(withoutEnding(owned.entry));
    proposer.say(skuId, 'nothing', situation.reasons.fallbackKept(skuId, instead));
  }
}
