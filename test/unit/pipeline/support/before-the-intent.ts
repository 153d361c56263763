import type { makePipelineWorld } from '../../../support/pipeline-world';
import { ems, intune } from '../../../support/pipeline-world';
import { activatePolicy } from '../../../support/world/world-policies';

export type World = ReturnType<typeof makePipelineWorld>;

export const byPolicy = { add: [{ skuId: ems, disabledPlans: [intune] }], remove: [] };

export function activate(t: World, disable: string): Promise<void> {
  return activatePolicy(t, (t.world.policyText ?? '').replace(', disable: [INTUNE_A]', disable));
}
