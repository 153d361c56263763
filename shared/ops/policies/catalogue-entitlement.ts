import { isGuid, toGroupId, toServicePlanId, toSkuId } from '../../kernel/ids';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { entitle } from '../../licensing/entitlement/entitlement';
import type { PolicySku } from '../../policy/checks/policy-catalogue';
import type { RuleUser } from '../../policy/condition';
import type { Entitle } from '../../policy/policy-tests/entitle';
import type { GroupReference } from '../../words/needs';

/** What the product itself would grant with a tenant's SKUs, before seats and conflicts. */
export function makeCatalogueEntitlement(skus: readonly PolicySku[]): Entitle {
  const catalogue = toCatalogue(skus);
  return (policy, user, context) => {
    const memberships = { transitive: groupsOf(user) };
    const entitled = entitle(policy, user, memberships, catalogue, { ...context, knownPlans: new Map() });
    return entitled.map(({ skuId, disabledPlans }) => {
      const sku = catalogue.skuById(skuId);
      const namesOf = (id: string) => {
        const plan = sku?.servicePlans.find((known) => known.servicePlanId === id);
        return plan === undefined ? [id] : [plan.servicePlanName, id];
      };
      return {
        sku: sku === undefined ? [skuId] : [sku.skuPartNumber, skuId],
        off: disabledPlans.map(namesOf),
      };
    });
  };
}

/** Seats play no part in what a user is entitled to. */
function toCatalogue(skus: readonly PolicySku[]): Catalogue {
  return makeCatalogue(
    skus.map((sku) => ({
      skuId: toSkuId(sku.skuId),
      skuPartNumber: sku.skuPartNumber,
      appliesTo: sku.appliesTo === 'Company' ? 'Company' : 'User',
      capabilityStatus: sku.capabilityStatus,
      enabledUnits: 0,
      consumedUnits: 0,
      servicePlans: sku.servicePlans.map((plan) => ({
        servicePlanId: toServicePlanId(plan.servicePlanId),
        servicePlanName: plan.servicePlanName,
        appliesTo: plan.appliesTo === 'Company' ? 'Company' : 'User',
        provisioningStatus: 'Success',
      })),
    })),
  );
}

const noGroup = toGroupId('00000000-0000-0000-0000-000000000000');

/** A test's groups: ids, or `{ id, displayName }` where only one of them need be given. */
function groupsOf(user: RuleUser): GroupReference[] {
  const groups = Array.isArray(user['memberOf']) ? (user['memberOf'] as unknown[]) : [];
  return groups.map((group) => {
    const { id, displayName } =
      typeof group === 'string'
        ? { id: group, displayName: '' }
        : { id: '', displayName: '', ...(group as { id?: unknown; displayName?: unknown }) };
    return {
      id: typeof id === 'string' && isGuid(id) ? toGroupId(id) : noGroup,
      displayName: typeof displayName === 'string' ? displayName : '',
    };
  });
}
