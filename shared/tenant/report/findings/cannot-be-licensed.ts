import { freeSeats } from '../../../licensing/catalogue/catalogue';
import { lineOf } from './finding-user';
import type { MakeFinding } from './finding-user';

/** Microsoft assigns no license to a user without one. */
export const findNoLocation: MakeFinding = ({ seen }) => {
  const found = seen.filter(({ user }) => user.isEnabled && !user.isGuest && user.usageLocation === null);
  return {
    code: 'noUsageLocation',
    title: 'Enabled members without a usage location',
    text: 'No license can be assigned to them directly; group-based licensing takes the location of the organization.',
    count: found.length,
    cost: null,
    lines: found.map(({ user, held }) => lineOf(user, held.length === 0 ? 'no license' : 'licensed')),
  };
};

/** Fewer free seats than this share of the SKU's seats, or than this many, is few. */
const fewShare = 0.02;
const fewSeats = 10;

/** SKUs that users hold or that were bought, without enough free seats for the next joiners. */
export const findFewSeats: MakeFinding = ({ skus }) => {
  const found = skus.filter(
    (sku) =>
      sku.appliesTo === 'User' &&
      ['Enabled', 'Warning'].includes(sku.capabilityStatus) &&
      sku.enabledUnits + (sku.warningUnits ?? 0) > 0 &&
      freeSeats(sku) < Math.max(fewSeats, sku.enabledUnits * fewShare),
  );
  return {
    code: 'seatsRunOut',
    title: 'SKUs with few seats left',
    text: 'Less than 2 % or fewer than 10 seats are free. A joiner without a seat gets nothing of a group’s license.',
    count: found.length,
    cost: null,
    lines: found
      .map((sku) => ({
        id: null,
        name: sku.skuPartNumber,
        detail: `${String(Math.max(0, sku.enabledUnits - sku.consumedUnits))} of ${String(sku.enabledUnits)} seats free${graceNote(sku.warningUnits ?? 0)}`,
      }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en')),
  };
};

function graceNote(warning: number): string {
  return warning === 0 ? '' : `, ${String(warning)} in their grace period`;
}
