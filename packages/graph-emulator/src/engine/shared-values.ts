/** Properties of which many users have the same value. */
const sharedNames: ReadonlySet<string> = new Set([
  ...['department', 'jobTitle', 'companyName', 'officeLocation', 'city', 'state', 'country', 'usageLocation'],
  ...['preferredLanguage', 'employeeType', 'employeeOrgData', 'onPremisesExtensionAttributes', 'userType'],
  ...['creationType', 'externalUserState', 'createdDateTime', 'onPremisesDomainName'],
]);

/** Keeps values that many users have once each: texts of a file come anew with every line. */
export class SharedValues {
  readonly #known = new Map<string, unknown>();

  /** Puts the kept values in the place of equal ones. */
  share(properties: Record<string, unknown>): void {
    for (const name of sharedNames) {
      const value = properties[name];
      if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) continue;
      const key = typeof value === 'string' ? value : JSON.stringify(value);
      const kept = this.#known.get(key);
      if (kept === undefined) this.#known.set(key, value);
      else if (typeof kept === typeof value) properties[name] = kept;
    }
  }
}
