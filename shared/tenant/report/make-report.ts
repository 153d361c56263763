import { isoTime } from '../../kernel/clock';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import { indexOfCatalogue } from '../../licensing/catalogue/catalogue-index';
import type { SubscribedSku } from '../../words/sku';
import { findConflicts, findGroupErrors } from './findings/broken-licenses';
import { findFewSeats, findNoLocation } from './findings/cannot-be-licensed';
import { findDirectAndInherited, findOverlaps } from './findings/double-licenses';
import { findDisabled, findGuests, findNeverSignedIn } from './findings/idle-users';
import { toCents } from './findings/finding-user';
import type { FindingInput, MakeFinding, SeenUser } from './findings/finding-user';
import { heldSkusOf } from './held-skus';
import { makeSkuPrices } from './paid-skus';
import type { SkuPrices } from './paid-skus';
import type { ReportInput } from './report-input';
import type { ReportSku, TenantReport } from './tenant-report';

/** What costs money first, then what does not work. */
const findings: readonly MakeFinding[] = [
  findDisabled,
  findGuests,
  findNeverSignedIn,
  findOverlaps,
  findDirectAndInherited,
  findGroupErrors,
  findConflicts,
  findNoLocation,
  findFewSeats,
];

/** A tenant's licensing: seats and costs by SKU, and what is wrong or wasted, user by user. Pure. */
export function makeReport(input: ReportInput): TenantReport {
  const catalogue = makeCatalogue(input.skus);
  const prices = makeSkuPrices(input.skus, input.prices);
  const seen = input.users.map((user) => ({ user, held: heldSkusOf(user, catalogue) }));
  const parts: FindingInput = { ...input, seen, catalogue, index: indexOfCatalogue(catalogue), prices };
  const skus = input.skus
    .map((sku) => describeSku(sku, seen, prices))
    .sort((a, b) => a.skuPartNumber.localeCompare(b.skuPartNumber, 'en'));
  const count = (isMeant: (one: SeenUser) => boolean) => seen.filter(isMeant).length;
  return {
    at: isoTime(input.at),
    users: {
      all: seen.length,
      licensed: count(({ held }) => held.length > 0),
      disabled: count(({ user }) => !user.isEnabled),
      guests: count(({ user }) => user.isGuest),
    },
    skus,
    cost: totalOf(skus),
    findings: findings.map((find) => find(parts)),
  };
}

function describeSku(sku: SubscribedSku, seen: readonly SeenUser[], prices: SkuPrices): ReportSku {
  const holders = seen.flatMap(({ held }) => held.filter(({ skuId }) => skuId === sku.skuId));
  const direct = holders.filter(({ isDirect }) => isDirect).length;
  const inherited = holders.filter(({ groups }) => groups.length > 0).length;
  const price = prices.priceOf(sku);
  const free = Math.max(0, sku.enabledUnits - sku.consumedUnits);
  return {
    skuId: sku.skuId,
    skuPartNumber: sku.skuPartNumber,
    status: sku.capabilityStatus,
    seats: { enabled: sku.enabledUnits, consumed: sku.consumedUnits, free, warning: sku.warningUnits ?? 0 },
    users: { all: holders.length, direct, inherited, both: direct + inherited - holders.length },
    price,
    cost: price === null ? null : { taken: toCents(price * sku.consumedUnits), free: toCents(price * free) },
  };
}

function totalOf(skus: readonly ReportSku[]): TenantReport['cost'] {
  const priced = skus.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  if (priced.length === 0) return null;
  const sum = (amounts: readonly number[]) => toCents(amounts.reduce((total, one) => total + one, 0));
  return {
    taken: sum(priced.map(({ taken }) => taken)),
    free: sum(priced.map(({ free }) => free)),
    unpriced: skus
      .filter(({ cost, seats }) => cost === null && seats.consumed > 0)
      .map(({ skuPartNumber }) => skuPartNumber),
  };
}
