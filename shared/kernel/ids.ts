import { UserError } from './errors';

/** Branded ids: a SKU's id cannot stand where a plan's is due. All are lower-case GUIDs, as Graph writes them. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type TenantId = Branded<'TenantId'>;
export type UserId = Branded<'UserId'>;
export type GroupId = Branded<'GroupId'>;
export type SkuId = Branded<'SkuId'>;
export type ServicePlanId = Branded<'ServicePlanId'>;
/** SHA-256 of a policy's canonical content, 64 lower-case hex digits. */
export type PolicyHash = Branded<'PolicyHash'>;

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: unknown): boolean {
  return typeof text === 'string' && guid.test(text);
}

function asGuid(text: string, what: string): string {
  if (!isGuid(text)) {
    throw new UserError('id/not-a-guid', `"${text}" is not the id of a ${what}`, {
      hint: 'An id looks like 8a256a2b-b617-496d-b51b-e76466e88db0.',
    });
  }
  return text.toLowerCase();
}

export const toTenantId = (text: string): TenantId => asGuid(text, 'tenant') as TenantId;
export const toUserId = (text: string): UserId => asGuid(text, 'user') as UserId;
export const toGroupId = (text: string): GroupId => asGuid(text, 'group') as GroupId;
export const toSkuId = (text: string): SkuId => asGuid(text, 'SKU') as SkuId;
export const toServicePlanId = (text: string): ServicePlanId => asGuid(text, 'service plan') as ServicePlanId;
