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

/** Whether this is a text of the form 8-4-4-4-12 hexadecimal digits, in upper or lower case. */
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

/**
 * The text as the id of a tenant, in lower case.
 * @throws UserError `id/not-a-guid`
 */
export const toTenantId = (text: string): TenantId => asGuid(text, 'tenant') as TenantId;
/**
 * The text as the id of a user, in lower case.
 * @throws UserError `id/not-a-guid`
 */
export const toUserId = (text: string): UserId => asGuid(text, 'user') as UserId;
/**
 * The text as the id of a group, in lower case.
 * @throws UserError `id/not-a-guid`
 */
export const toGroupId = (text: string): GroupId => asGuid(text, 'group') as GroupId;
/**
 * The text as the id of a SKU, in lower case.
 * @throws UserError `id/not-a-guid`
 */
export const toSkuId = (text: string): SkuId => asGuid(text, 'SKU') as SkuId;
/**
 * The text as the id of a service plan, in lower case.
 * @throws UserError `id/not-a-guid`
 */
export const toServicePlanId = (text: string): ServicePlanId => asGuid(text, 'service plan') as ServicePlanId;
