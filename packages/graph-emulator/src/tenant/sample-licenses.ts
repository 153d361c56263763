import type { Random } from '../../../emulator-kit/src/random';
import { catalogueSku } from './catalogue';

type License = { skuId: string; disabledPlans: string[] };

function license(skuPartNumber: string, disabledPlanNames: readonly string[] = []): License {
  const sku = catalogueSku(skuPartNumber);
  const disabledPlans = sku.servicePlans
    .filter(({ servicePlanName }) => disabledPlanNames.includes(servicePlanName))
    .map(({ servicePlanId }) => servicePlanId);
  return { skuId: sku.skuId, disabledPlans };
}

const ems = license('EMS');
const emsWithoutIntune = license('EMS', ['INTUNE_A']);
const e1 = license('STANDARDPACK');
const e3 = license('SPE_E3');
const e3WithoutYammer = license('SPE_E3', ['YAMMER_ENTERPRISE', 'SWAY']);
const e5 = license('SPE_E5');
const flow = license('FLOW_FREE');
const visio = license('VISIOCLIENT');

/** What an admin gave one user by hand over the years; never a set that the plan rules forbid. */
export function manualLicenses(department: unknown, hasE5: boolean, random: Random): License[] {
  const chance = random();
  if (hasE5) return [e5, ...(chance < 0.3 ? [flow] : [])];
  switch (department) {
    case 'Engineering':
      return chance < 0.6 ? [chance < 0.2 ? e3WithoutYammer : e3] : chance < 0.8 ? [ems, e1] : [];
    case 'Sales':
    case 'Finance':
      return chance < 0.3 ? [emsWithoutIntune, e1] : chance < 0.5 ? [ems] : chance < 0.6 ? [e3, flow] : [];
    case 'IT':
      return chance < 0.7 ? [e3, visio] : [];
    case 'Production':
      return [];
    default:
      return chance < 0.4 ? [e3] : chance < 0.5 ? [flow] : [];
  }
}

/** Seats beyond those in use: few of SPE_E5, ample of the rest. */
export function spareSeats(skuPartNumber: string, users: number): number {
  switch (skuPartNumber) {
    case 'SPE_E5':
      return Math.max(5, Math.ceil(users * 0.02));
    case 'EMS':
    case 'SPE_E3':
      return Math.max(5_000, users * 2);
    case 'FLOW_FREE':
      return 10_000;
    case 'PROJECTPROFESSIONAL':
      return 0;
    default:
      return Math.max(500, users);
  }
}
