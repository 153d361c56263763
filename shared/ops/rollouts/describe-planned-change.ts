import { z } from 'zod';
import type { Catalogue } from '../../licensing/catalogue/catalogue';

const Plans = z.array(z.object({ skuId: z.string(), servicePlanIds: z.array(z.string()) }));
/** As `plannedChange` of plan.ts writes it. */
const Planned = z.tuple([z.array(z.string()), z.array(z.string()), Plans, Plans, z.string().nullable()]);

function readPlanned(change: string): z.infer<typeof Planned> | undefined {
  try {
    return Planned.parse(JSON.parse(change));
  } catch {
    return undefined;
  }
}

/**
 * What a plan said would be written for a user, for people: "gains SPE_E5; loses SPE_E3; INTUNE_A of EMS off". Empty:
 * nothing, or not readable. Ids that the tenant does not know stay ids.
 */
export function describePlannedChange(change: string | null, catalogue: Catalogue): string {
  if (change === null || change === '') return '';
  const data = readPlanned(change);
  if (data === undefined) return '';
  const [gains, loses, plansOn, plansOff, usageLocation] = data;
  const skuName = (id: string) => catalogue.findSku(id)?.skuPartNumber ?? id;
  const plans = (changes: z.infer<typeof Plans>, word: string) =>
    changes.map(({ skuId, servicePlanIds }) => {
      const known = catalogue.findSku(skuId)?.servicePlans ?? [];
      const names = servicePlanIds.map(
        (id) => known.find((plan) => plan.servicePlanId === id)?.servicePlanName ?? id,
      );
      return `${names.join(', ')} of ${skuName(skuId)} ${word}`;
    });
  return [
    ...gains.map((id) => `gains ${skuName(id)}`),
    ...loses.map((id) => `loses ${skuName(id)}`),
    ...plans(plansOn, 'on'),
    ...plans(plansOff, 'off'),
    ...(usageLocation === null ? [] : [`usage location ${usageLocation}`]),
  ].join('; ');
}
