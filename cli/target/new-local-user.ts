import { z } from 'zod';
import { UserError } from '../../shared/kernel/errors';
import type { Random } from '../../shared/kernel/random';
import type { Catalogue } from '../../shared/licensing/catalogue/catalogue';
import { findPlanOrExplain, findSkuOrExplain } from '../../shared/ops/skus/find-sku';
import type { EmbeddedGraph } from './embedded-graph';

export type NewUser = {
  readonly department: string;
  readonly name?: string;
  readonly upn?: string;
  readonly country: string;
  readonly usageLocation?: string;
  /** SKU[:disabledPlan,…] */
  readonly with?: readonly string[];
  readonly group?: readonly string[];
  readonly synced?: true;
};
export type CreatedUser = { readonly id: string; readonly userPrincipalName: string };

const Organization = z.object({
  value: z.array(
    z.object({ verifiedDomains: z.array(z.object({ name: z.string(), isDefault: z.boolean() })) }),
  ),
});
const Groups = z.object({ value: z.array(z.object({ id: z.string() })) });
const Created = z.object({ users: z.array(z.object({ id: z.string(), userPrincipalName: z.string() })) });

/**
 * Puts one user into the embedded Graph, as an administrator would: with licenses by hand and group memberships,
 * before the app is notified.
 * @throws UserError `ops/unknown-sku`, `ops/unknown-plan`, `cli/unknown-group`, `cli/graph-refused`
 */
export async function createLocalUser(
  graph: EmbeddedGraph,
  catalogue: Catalogue,
  input: NewUser,
  random: Random,
): Promise<CreatedUser> {
  const assignedLicenses = (input.with ?? []).map((text) => readLicense(catalogue, text));
  const memberOf = await Promise.all((input.group ?? []).map((name) => findGroupId(graph, name)));
  const displayName = input.name ?? `Test User ${String(1_000 + Math.floor(random() * 9_000))}`;
  const alias = toAlias(displayName);
  const [givenName = displayName, ...rest] = displayName.split(/\s+/);
  const answer = await graph.control('/users', [
    {
      userPrincipalName: input.upn ?? `${alias}@${await defaultDomain(graph)}`,
      mailNickname: alias,
      displayName,
      givenName,
      ...(rest.length === 0 ? {} : { surname: rest.join(' ') }),
      accountEnabled: true,
      userType: 'Member',
      department: input.department,
      ...(input.country === '' ? {} : { country: input.country }),
      ...(input.usageLocation === undefined ? {} : { usageLocation: input.usageLocation.toUpperCase() }),
      ...(input.synced ? { onPremisesSyncEnabled: true } : {}),
      assignedLicenses,
      memberOf,
    },
  ]);
  const [created] = Created.parse(answer).users;
  if (created === undefined) throw new Error('The embedded Graph created no user');
  return created;
}

/** EMS, or EMS:INTUNE_A,RMS_S_PREMIUM with the plans that are off. */
export function readLicense(
  catalogue: Catalogue,
  text: string,
): { skuId: string; disabledPlans: readonly string[] } {
  const [reference = '', plans = ''] = text.split(':');
  const sku = findSkuOrExplain(catalogue, reference.trim());
  const names = plans
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    skuId: sku.skuId,
    disabledPlans: names.map((name) => findPlanOrExplain(sku, name).servicePlanId),
  };
}

/** What a name becomes before the @: lower-case letters and digits, dots between its parts. */
export function toAlias(name: string): string {
  const alias = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '.')
    .replace(/^\.|\.$/g, '');
  if (alias !== '') return alias;
  throw new UserError('cli/name', `No userPrincipalName can be made of the name "${name}"`, {
    hint: 'Give one: --upn NAME@DOMAIN.',
  });
}

async function defaultDomain(graph: EmbeddedGraph): Promise<string> {
  const domains = Organization.parse(await graph.get('/organization')).value.flatMap(
    ({ verifiedDomains }) => verifiedDomains,
  );
  return (domains.find(({ isDefault }) => isDefault) ?? domains[0])?.name ?? 'contoso.com';
}

async function findGroupId(graph: EmbeddedGraph, name: string): Promise<string> {
  const filter = encodeURIComponent(`displayName eq '${name.replaceAll("'", "''")}'`);
  const [group] = Groups.parse(await graph.get(`/groups?$filter=${filter}&$select=id`)).value;
  if (group !== undefined) return group.id;
  throw new UserError('cli/unknown-group', `The tenant has no group ${name}`, {
    hint: 'Give its display name exactly as the directory has it.',
  });
}
