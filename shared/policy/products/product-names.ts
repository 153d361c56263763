/**
 * What people write for a SKU, with its part number: product names as Microsoft's admin center shows them and their
 * usual short forms. Only for suggestions, and only where the tenant has the SKU.
 * https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
 */
const productNames: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(microsoft365|m365)e3$/, ['SPE_E3']],
  [/^(microsoft365|m365)e5$/, ['SPE_E5']],
  [/^(microsoft365|m365)f1$/, ['M365_F1']],
  [/^(microsoft365|m365)f3$/, ['SPE_F1']],
  [/^(microsoft365|m365)businessbasic$/, ['O365_BUSINESS_ESSENTIALS']],
  [/^(microsoft365|m365)businessstandard$/, ['O365_BUSINESS_PREMIUM']],
  [/^(microsoft365|m365)businesspremium$/, ['SPB']],
  [/^(microsoft365|m365)?copilot$/, ['Microsoft_365_Copilot']],
  [/^(office365|o365)e1$/, ['STANDARDPACK']],
  [/^(office365|o365)e3$/, ['ENTERPRISEPACK']],
  [/^(office365|o365)e5$/, ['ENTERPRISEPREMIUM']],
  [/^(office365|o365)f3$/, ['DESKLESSPACK']],
  [/^(enterprisemobility(and)?security|ems)e3$/, ['EMS']],
  [/^(enterprisemobility(and)?security|ems)e5$/, ['EMSPREMIUM']],
  [/^(microsoft)?(entraid|azuread|azureactivedirectory)(premium)?p1$/, ['AAD_PREMIUM']],
  [/^(microsoft)?(entraid|azuread|azureactivedirectory)(premium)?p2$/, ['AAD_PREMIUM_P2']],
  [/^(microsoft)?intune(plan1)?$/, ['INTUNE_A']],
  [/^(microsoft)?powerbipro$/, ['POWER_BI_PRO']],
  [/^exchangeonline(plan)?1$/, ['EXCHANGESTANDARD']],
  [/^exchangeonline(plan)?2$/, ['EXCHANGEENTERPRISE']],
  [/^(microsoft)?visio(plan2)?$/, ['VISIOCLIENT']],
  [/^(microsoft)?project(plan3)?$/, ['PROJECTPROFESSIONAL']],
  [/^(microsoft)?teamsphone(standard)?$/, ['MCOEV']],
  [/^e1$/, ['STANDARDPACK']],
  [/^e3$/, ['SPE_E3', 'ENTERPRISEPACK', 'EMS']],
  [/^e5$/, ['SPE_E5', 'ENTERPRISEPREMIUM', 'EMSPREMIUM']],
  [/^f1$/, ['M365_F1']],
  [/^f3$/, ['SPE_F1', 'DESKLESSPACK']],
];

/** Part numbers of a name that is written with letters and digits alone, in lower case; the likeliest first. */
export function usualNames(squeezed: string): readonly string[] {
  return productNames.find(([pattern]) => pattern.test(squeezed))?.[1] ?? [];
}

/** Blanks, quotes and braces around a name are not part of it. */
export function bareName(reference: string): string {
  return reference.replace(/^[\s{("'\u201c\u2018]+|[\s})"'\u201d\u2019]+$/g, '');
}

/** What two spellings of a product's name have in common: `Mobility & Security` and `Mobility + Security` are one. */
export function squeezeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/&|\+/g, 'and')
    .replace(/[^a-z0-9]/g, '');
}

/**
 * The name of these that another spelling of it means: `contoso:EMS` as MSOnline and PowerShell wrote it, `{GUID}`, a
 * product's name, blanks and quotes around it. undefined: none that is known.
 */
export function meantBy(reference: string, names: readonly string[]): string | undefined {
  const bare = bareName(reference);
  const last = bare.slice(bare.lastIndexOf(':') + 1);
  const find = (wanted: string) => names.find((name) => name.toLowerCase() === wanted.toLowerCase());
  const found = find(bare) ?? find(last);
  if (found !== undefined) return found;
  return usualNames(squeezeName(last))
    .map(find)
    .find((name) => name !== undefined);
}
