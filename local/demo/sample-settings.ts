/**
 * The app's settings on one machine: a delta round every two seconds instead of fifteen, since the embedded Graph is
 * a neighbor, and Graph's write quota scaled as the embedded one is.
 */
export function sampleSettings(policyPath: string, quotaFactor: number): Readonly<Record<string, string>> {
  return {
    LICENSER_POLICY_PATH: policyPath,
    LICENSER_DELTA_SCHEDULE: '*/2 * * * * *',
    LICENSER_WRITE_QUOTA: String(3_000 * quotaFactor),
  };
}
