import type { CatalogueIndex } from '../catalogue/catalogue-index';
import { makeAvailabilityReasons } from './availability-reasons';
import { makeConflictReasons } from './conflict-reasons';
import { makeDriftReasons } from './drift-reasons';
import { makeExceptionReasons } from './exception-reasons';
import { makeExclusiveReasons } from './exclusive-reasons';
import { makeHeldReasons } from './held-reasons';
import { makeRemovalReasons } from './removal-reasons';
import { makeServicePlanReasons } from './service-plan-reasons';
import { makeWording } from './wording';

/** The reasons of a decision, by what they are about; each names the SKUs and plans in words. */
export type LicenseReasons = ReturnType<typeof makeLicenseReasons>;

const reasonsOfCatalogue = new WeakMap<CatalogueIndex, LicenseReasons>();

/** The reasons in the names of this catalogue; made once per catalogue. */
export function reasonsOf(index: CatalogueIndex): LicenseReasons {
  const known = reasonsOfCatalogue.get(index);
  if (known !== undefined) return known;
  const reasons = makeLicenseReasons(index);
  reasonsOfCatalogue.set(index, reasons);
  return reasons;
}

function makeLicenseReasons(index: CatalogueIndex) {
  const wording = makeWording(index);
  return {
    ...makeHeldReasons(wording),
    ...makeServicePlanReasons(wording),
    ...makeConflictReasons(wording),
    ...makeAvailabilityReasons(wording),
    ...makeExclusiveReasons(wording),
    ...makeRemovalReasons(wording),
    ...makeExceptionReasons(wording),
    ...makeDriftReasons(wording),
  };
}
