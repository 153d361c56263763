import { catalogueSkus } from '@auto-licenser/graph-emulator/catalogue';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { TenantLine } from '@auto-licenser/graph-emulator/tenant-line';
import { silentLogger } from '../../shared/kernel/logger';
import type { RehearseOptions } from '../../rehearsal/rehearse';

export const startAt = Date.UTC(2026, 5, 1);
export const policyText = `version: 1
scope: { when: 'user.userType -eq "Member" -and user.accountEnabled -eq true' }
usageLocation: { from: country, default: NL }
rules:
  - name: everybody
    assign:
      - { sku: EMS, disable: [INTUNE_A] }
removal: { mode: remove, grace: 0d }
guards: { maxReductions: { count: 1 } }
prices: { EMS: 10.6 }
`;
const ems = catalogueSkus.find(({ skuPartNumber }) => skuPartNumber === 'EMS')?.skuId ?? '';

/** The sample tenant with so many seats of EMS more than are taken. */
export function tenantOf(users: number, freeSeats: number): TenantLine[] {
  const lines = [...makeTenant({ users, seed: 4 })];
  const holds = (line: TenantLine) =>
    line.type === 'user' &&
    [...(line.assignedLicenses ?? []), ...(line.licenseAssignmentStates ?? [])].some(
      ({ skuId }) => skuId === ems,
    );
  const taken = lines.filter(holds).length;
  return lines.map((line) =>
    line.type === 'sku' && line.skuId === ems
      ? { ...line, prepaidUnits: { ...line.prepaidUnits, enabled: taken + freeSeats } }
      : line,
  );
}

export const options = (given: Partial<RehearseOptions> = {}): RehearseOptions => ({
  tenant: tenantOf(40, 1_000),
  policy: { name: 'policy.yaml', text: policyText },
  days: 1,
  seed: 3,
  startAt,
  approves: false,
  people: { joiners: 4, movers: 2, leavers: 3 },
  prices: new Map(),
  logger: silentLogger,
  ...given,
});
