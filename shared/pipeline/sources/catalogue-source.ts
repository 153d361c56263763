import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../kernel/clock';
import { remember, rememberByKey } from '../../kernel/remembered';
import { timing } from '../../kernel/timing';
import type { SkuId } from '../../kernel/ids';
import type { Directory } from '../../graph/directory';
import { freeSeats, makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Seats } from '../../licensing/decision';
import { namedGroups } from '../../policy/group-references';
import type { Policy } from '../../policy/policy';
import { findNamedGroups } from './named-groups';
import { noNamedGroups } from '../../policy/named-groups';
import type { NamedGroups } from '../../policy/named-groups';

/** Free seats by the book, which may be some seconds old. */
export type SeatBook = Pick<Seats, 'free'>;

/** The tenant's SKUs, and whether it has a policy's groups, read at most every `timing.sources.catalogue` per process: 3 resource units a reading. */
export interface CatalogueSource {
  read(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** The same, at most so old: for what people look at, and nothing is decided by. */
  readWithin(maxAgeMs: number): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /** The same, read from Graph now. */
  readFresh(signal?: AbortSignal): Promise<{ readonly catalogue: Catalogue; readonly book: SeatBook }>;
  /**
   * What the groups that the policy names stand for: at most `maxAgeMs` old, or `timing.sources.groups`; the same object as
   * long as it says the same.
   */
  groups(policy: Policy, signal?: AbortSignal, maxAgeMs?: number): Promise<NamedGroups>;
  /** This process has just used a seat of each of these, which the reading does not show yet. */
  took(skuIds: readonly SkuId[]): void;
  /** Graph refused these SKUs for want of seats: they count as full for a while, whatever the figures say. */
  markFull(skuIds: readonly SkuId[]): void;
}

/** Policies of users at one time are few: the active one, a candidate, those that activations left behind. */
const mostPolicies = 20;

const naming = new WeakMap<Policy, boolean>();

/** Asked at every look, and most policies name none. */
function namesGroups(policy: Policy): boolean {
  const known = naming.get(policy) ?? namedGroups(policy).length > 0;
  naming.set(policy, known);
  return known;
}

/** A CatalogueSource over `directory`. */
export function makeCatalogueSource(directory: Directory, clock: Clock): CatalogueSource {
  const fullUntil = new Map<SkuId, number>();
  const taken = new Map<SkuId, number>();

  const catalogues = remember(
    async (signal): Promise<Catalogue> => {
      taken.clear();
      return makeCatalogue(await directory.listSkus(signal));
    },
    { clock, maxAgeMs: timing.sources.catalogue.ms },
  );

  const lastNamed = new WeakMap<Policy, NamedGroups>();
  const namedOf = rememberByKey(
    async (policy: Policy, signal) => {
      const found = await findNamedGroups(directory, policy, signal);
      const last = lastNamed.get(policy);
      if (last !== undefined && isDeepStrictEqual(last, found)) return last;
      lastNamed.set(policy, found);
      return found;
    },
    { clock, maxAgeMs: timing.sources.groups.ms, mostKept: mostPolicies },
  );

  const readBy = async (asked: Parameters<typeof catalogues.current>[0]) => {
    const catalogue = await catalogues.current(asked);
    const book: SeatBook = {
      free: (skuId) => {
        if ((fullUntil.get(skuId) ?? 0) > clock.now()) return 0;
        const sku = catalogue.skuById(skuId);
        return sku === undefined ? 0 : Math.max(0, freeSeats(sku) - (taken.get(skuId) ?? 0));
      },
    };
    return { catalogue, book };
  };
  const read = (signal?: AbortSignal) => readBy(signal === undefined ? {} : { signal });

  return {
    read,
    readWithin: (maxAgeMs) => readBy({ maxAgeMs }),
    groups: async (policy, signal, maxAgeMs = timing.sources.groups.ms) =>
      namesGroups(policy)
        ? namedOf.current(policy, { maxAgeMs, ...(signal === undefined ? {} : { signal }) })
        : noNamedGroups,
    readFresh: (signal) => {
      catalogues.forget();
      return read(signal);
    },
    took(skuIds) {
      for (const skuId of skuIds) taken.set(skuId, (taken.get(skuId) ?? 0) + 1);
    },
    markFull(skuIds) {
      for (const skuId of skuIds) fullUntil.set(skuId, clock.now() + timing.sources.noSeats.ms);
      catalogues.forget();
    },
  };
}
