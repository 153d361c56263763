/**
 * The app's settings on one machine: a delta round every two seconds instead of fifteen, since the embedded Graph is
 * a neighbor, and Graph's write quota scaled as the embedded one is.
 */
export function sampleSettings(policyPath: string, quotaFactor: number): Readonly<Record<string, string>> {
  return {
    LICENSER_POLICY_PATH: policyPath,
    LICENSER_DELTA_SCHEDULE: '*/2 * * * * *',
    // The sample tenant's users are as the sample wants them; only joiners are to be seen. `licenser census start` counts all.
    LICENSER_FIRST_CENSUS: 'off',
    LICENSER_CENSUS_WALK_SCHEDULE: '*/5 * * * * *',
    LICENSER_WRITE_QUOTA: String(3_000 * quotaFactor),
  };
}

/** The same for a tenant of another's: all of its users are compared with the policy, as on the first day in Azure. */
export function ownTenantSettings(policyPath: string, quotaFactor: number): Readonly<Record<string, string>> {
  return { ...sampleSettings(policyPath, quotaFactor), LICENSER_FIRST_CENSUS: 'on' };
}
