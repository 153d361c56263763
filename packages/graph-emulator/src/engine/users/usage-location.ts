import type { EngineContext } from '../context';
import type { AssignedLicense, UserRecord } from '../records';

/** ISO 3166-1 alpha-2, officially assigned codes. https://www.iso.org/iso-3166-country-codes.html */
const assigned =
  'ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZ' +
  'DEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJO' +
  'JPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZ' +
  'OMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZ' +
  'UAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW';
const countries = new Set(assigned.match(/../g));

/** Whether it is a country code of ISO 3166-1 alpha-2, in either case. */
export function isCountry(code: unknown): code is string {
  return typeof code === 'string' && countries.has(code.toUpperCase());
}

/** The valid usage location that assignLicense sees, which may lag behind a PATCH; undefined: none or invalid. */
export function seenUsageLocation(context: EngineContext, user: UserRecord): string | undefined {
  const lagging = user.laggingLocation;
  const isLagging = lagging !== undefined && context.clock.now() < lagging.until;
  const location = isLagging ? lagging.value : user.version.properties.usageLocation;
  return isCountry(location) ? location.toUpperCase() : undefined;
}

/** Plans, not switched off, that may not be used in the country. */
export function findBarredPlans(
  context: EngineContext,
  licenses: readonly AssignedLicense[],
  location: string,
): string[] {
  const isBarredCountry = context.settings.barredLocations.includes(location);
  const barred: string[] = [];
  for (const { skuId, disabledPlans } of licenses) {
    for (const plan of context.tenant.skus.get(skuId)?.plans ?? []) {
      if (!isBarredCountry && (plan.barredLocations.length === 0 || !plan.barredLocations.includes(location)))
        continue;
      if (plan.appliesTo === 'User' && !disabledPlans.includes(plan.servicePlanId))
        barred.push(plan.servicePlanId);
    }
  }
  return barred;
}
