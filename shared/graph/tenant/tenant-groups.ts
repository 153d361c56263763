import { z } from 'zod';
import type { GroupId } from '../../kernel/ids';
import { Group, Member, Page } from '../answer-schemas';
import { readBatch } from '../graph-batch';
import { parseItems, readAll, readPages } from '../graph-pages';
import type { GraphTransport } from '../graph-transport';
import { isGone, nameOrThrow } from '../user-read';

/** What is read of every group; `id` and `displayName` beside it. https://learn.microsoft.com/graph/api/resources/group */
const copied = [
  'description',
  'mail',
  'mailNickname',
  'mailEnabled',
  'securityEnabled',
  'groupTypes',
  'membershipRule',
  'membershipRuleProcessingState',
  'onPremisesSyncEnabled',
] as const;

const Listed = z.looseObject({
  ...Group.shape,
  membershipRule: z.string().nullish(),
  assignedLicenses: z
    .array(z.looseObject({ skuId: z.guid(), disabledPlans: z.array(z.guid()).nullish() }))
    .nullish(),
});

/** A group as a copy of the tenant has it, without its members. */
export type TenantGroup = {
  readonly id: GroupId;
  readonly displayName: string;
  /** Of a dynamic group; null: it has none. */
  readonly membershipRule: string | null;
  /** Graph's own properties by their names, the rule included; what is empty is left out. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly assignedLicenses: readonly {
    readonly skuId: string;
    readonly disabledPlans: readonly string[];
  }[];
};

/** Direct members of a group; ids in lower case, of users, groups and whatever else is in it. */
export type TenantGroupMembers = { readonly group: GroupId; readonly members: readonly string[] };

/**
 * Every group of the tenant, page by page. https://learn.microsoft.com/graph/api/group-list
 * @throws GraphError, of class `withheld` when the token may not see the names
 */
export async function* listTenantGroups(
  transport: GraphTransport,
  signal?: AbortSignal,
): AsyncGenerator<readonly TenantGroup[]> {
  const path = `/groups?$select=${['id', 'displayName', 'assignedLicenses', ...copied].join(',')}&$top=999`;
  for await (const page of readPages(transport, path, Listed, { signal })) yield page.map(toTenantGroup);
}

function toTenantGroup(found: z.infer<typeof Listed>): TenantGroup {
  const properties: Record<string, unknown> = {};
  for (const name of copied) {
    const value = found[name];
    if (value !== null && value !== undefined && value !== '') properties[name] = value;
  }
  const rule = found.membershipRule ?? '';
  return {
    id: found.id,
    displayName: nameOrThrow('/groups', found.displayName),
    membershipRule: rule.trim() === '' ? null : rule,
    properties,
    assignedLicenses: (found.assignedLicenses ?? []).map(({ skuId, disabledPlans }) => ({
      skuId: skuId.toLowerCase(),
      disabledPlans: (disabledPlans ?? []).map((plan) => plan.toLowerCase()),
    })),
  };
}

/**
 * The direct members of these groups, 20 groups a request. A group that is gone meanwhile is left out.
 * https://learn.microsoft.com/graph/api/group-list-members
 * @throws GraphError
 */
export async function* readDirectMembers(
  transport: GraphTransport,
  groups: readonly GroupId[],
  signal?: AbortSignal,
): AsyncGenerator<TenantGroupMembers> {
  const atOnce = 20;
  for (let start = 0; start < groups.length; start += atOnce) {
    const some = groups.slice(start, start + atOnce);
    const reads = some.map((id) => ({ path: `/groups/${id}/members?$select=id&$top=999` }));
    const results = await readBatch(transport, reads, signal);
    for (const [index, result] of results.entries()) {
      const group = some[index];
      const path = reads[index]?.path;
      if (group === undefined || path === undefined || isGone(result)) continue;
      if ('error' in result) throw result.error;
      const [page] = parseItems({ method: 'GET', path }, [result.body], Page);
      const first = parseItems({ method: 'GET', path }, page?.value ?? [], Member);
      const next = page?.['@odata.nextLink'];
      const rest = next === undefined ? [] : await readAll(transport, next, Member, { signal });
      yield { group, members: [...first, ...rest].map(({ id }) => id) };
    }
  }
}
