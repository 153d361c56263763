/** 12,345 */
export function countText(count: number): string {
  return count.toLocaleString('en-US');
}

/** 12,345.60; of a month, in the currency of the prices. */
export function moneyText(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A user may be in several findings, and each counts the seats of its own. */
export const costsOverlap =
  'Findings overlap: a seat may count in several, so their costs do not add up to what could be saved.';
