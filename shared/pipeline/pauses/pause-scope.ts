import type { SkuId, UserId } from '../../kernel/ids';
import type { Operation } from '../../licensing/decision';
import { laneOf } from '../../queue/lanes';
import type { Services } from '../services';

/** What a pause can stop: deciding, every write, one lane's writes, the writes that touch one SKU. */
export const intakeScope = 'intake';
export const applyScope = 'apply';
/** Setting usage locations, which takes a permission of its own: who has a location is licensed all the same. */
export const locationScope = 'location';

/** Who set a pause because Graph withholds names of groups: a look at a user without groups does not prove it over. */
export const namesPauseBy = 'licenser (group names)';

/** `sku:GUID`. */
export const skuScope = (skuId: SkuId): string => `sku:${skuId}`;

/** `lane:7` for the session `lane-07`. */
export function laneScope(userId: UserId, lanes: number): string {
  return `lane:${Number.parseInt(laneOf(userId, lanes).slice('lane-'.length), 10)}`;
}

/** Everything that a write of this operation for this user must not be paused by. */
export function writeScopes(
  services: Pick<Services, 'settings'>,
  userId: UserId,
  operation: Pick<Operation, 'add' | 'remove' | 'usageLocation'>,
): readonly string[] {
  return [
    applyScope,
    ...locationScopes(operation),
    laneScope(userId, services.settings.lanes),
    ...skuScopes(operation),
  ];
}

/** The scopes that are shown to work by a write of this operation that Graph took. */
export function provenScopes(
  operation: Pick<Operation, 'add' | 'remove' | 'usageLocation'>,
): readonly string[] {
  return [applyScope, ...locationScopes(operation), ...skuScopes(operation)];
}

function locationScopes({ usageLocation }: Pick<Operation, 'usageLocation'>): readonly string[] {
  return usageLocation === undefined ? [] : [locationScope];
}

/** The scopes of all SKUs that this operation adds or removes. */
export function skuScopes(operation: Pick<Operation, 'add' | 'remove'>): readonly string[] {
  return [...operation.add.map(({ skuId }) => skuId), ...operation.remove].map(skuScope);
}
