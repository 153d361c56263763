import { freeSeats, makeCatalogue } from '../../licensing/catalogue/catalogue';
import { makeNamedThings } from '../../licensing/catalogue/named-things';
import type { Services } from '../../pipeline/services';
import { ok, warn } from './finding';
import type { Finding } from './finding';

/** Fewer free seats than this share of the SKU's seats, or than this many, is few. */
const fewShare = 0.02;
const fewSeats = 10;

/** SKUs that the policy grants and that are out of seats, or nearly. */
export async function checkSeats({
  directory,
  policy,
}: Pick<Services, 'directory' | 'policy'>): Promise<readonly Finding[]> {
  const { rules, bindings } = await policy.current();
  const catalogue = makeCatalogue(await directory.listSkus());
  const granted = rules.flatMap(({ assign }) => assign.flatMap(({ sku, fallback }) => [sku, ...fallback]));
  const things = makeNamedThings(bindings, catalogue);
  const skus = new Set(
    granted.flatMap((reference) => {
      const sku = things.sku(reference);
      return sku.kind === 'is' ? [sku.it] : [];
    }),
  );
  const findings = [...skus].flatMap((sku) => {
    const free = freeSeats(sku);
    const of = `${sku.skuPartNumber} has ${String(Math.max(0, free))} of ${String(sku.enabledUnits)} seats free`;
    if (free <= 0) {
      return [
        warn('seats', of, 'Buy seats, or take licenses back: who is entitled to one waits until then.'),
      ];
    }
    const isFew = free < Math.max(fewSeats, sku.enabledUnits * fewShare);
    return isFew ? [warn('seats', of, 'Buy seats before they run out.')] : [];
  });
  return findings.length > 0
    ? findings
    : [ok('seats', `${String(skus.size)} SKUs that the policy grants have seats free`)];
}
