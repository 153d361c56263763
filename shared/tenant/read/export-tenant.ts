import { noNeeds } from '../../words/needs';
import type { Directory } from '../../graph/directory';
import type { TenantReads } from '../../graph/tenant/tenant-reads';
import type { OwnedSku } from '../../graph/tenant/owned-skus';
import type { TenantGroup } from '../../graph/tenant/tenant-groups';
import { userPropertyNames } from '../../policy/rule/attributes/user-attributes';
import { readMembershipRule } from '../../policy/rule/membership-rule';
import type { ExportedUser } from '../export/export-input';
import type { TenantCopy } from '../export/copy-tenant';
import { groupLine, skuLine, tenantLine, userLine } from '../export/tenant-lines';
import type { TenantFileLine } from '../export/tenant-lines';

export type ExportProgress = { readonly step: 'users' | 'groups'; readonly done: number };

/** What was copied, and what could not be. */
export type ExportSummary = {
  users: number;
  groups: number;
  skus: number;
  /** Users whom Graph gave in a form that cannot be read. */
  unreadableUsers: number;
  /** Licenses of SKUs that the tenant no longer lists. */
  unlistedLicenses: number;
  /** Members of groups that are neither users nor groups of the copy: devices, contacts, applications. */
  otherMembers: number;
};

/** What is read of a tenant before its users: little enough to be held, and it tells what must be read of users. */
export type ExportPlan = {
  readonly skus: readonly OwnedSku[];
  readonly skippedSkus: number;
  readonly tenantId: string | null;
  readonly groups: readonly TenantGroup[];
};

/** @throws GraphError */
export async function readExportPlan(
  reads: Pick<TenantReads, 'ownedSkus' | 'listGroups'>,
): Promise<ExportPlan> {
  const { skus, tenantId, skipped } = await reads.ownedSkus();
  const groups = new Map<string, TenantGroup>();
  for await (const page of reads.listGroups()) for (const group of page) groups.set(group.id, group);
  return { skus, tenantId, skippedSkus: skipped, groups: [...groups.values()] };
}

export type ExportOptions = {
  readonly directory: Pick<Directory, 'listUsers' | 'spellingOf'>;
  readonly reads: Pick<TenantReads, 'directMembers'>;
  readonly plan: ExportPlan;
  readonly copy: TenantCopy;
  /** Paths that a policy needs of users. */
  readonly needed: Iterable<string>;
  /** An id for a tenant that does not tell its own. */
  readonly newId: () => string;
  readonly onProgress?: (progress: ExportProgress) => void;
};

/** Takes a permission of its own, and is only asked for where a rule needs it. */
const onDemand: ReadonlySet<string> = new Set(['employeeLeaveDateTime']);
/** Follow from licenses. */
const derived: ReadonlySet<string> = new Set(['assignedPlans']);

/**
 * The lines of a tenant file: users page by page, groups twenty at a time, the tenant's own line last, since its domains are
 * those of its users.
 * @throws GraphError
 */
export function exportTenant(options: ExportOptions): {
  readonly lines: AsyncIterable<TenantFileLine>;
  /** Complete when all lines were taken. */
  readonly summary: ExportSummary;
} {
  const { plan } = options;
  const summary: ExportSummary = {
    users: 0,
    groups: plan.groups.length,
    skus: plan.skus.length,
    unreadableUsers: 0,
    unlistedLicenses: 0,
    otherMembers: 0,
  };
  return { lines: linesOf(options, summary), summary };
}

async function* linesOf(options: ExportOptions, summary: ExportSummary): AsyncGenerator<TenantFileLine> {
  const { plan, copy, newId } = options;
  for (const sku of plan.skus) yield skuLine(sku);
  for (const group of plan.groups) copy.hearGroup(group);
  const known = new Set<string>();
  const domains = new Map<string, number>();
  const countries = new Map<string, number>();
  for await (const user of usersOf(options, known, summary)) {
    const { userPrincipalName: name, usageLocation } = user.properties;
    // Guests have names in the tenant's first domain: it is one of its own, and not what new users get.
    if (typeof name === 'string') count(domains, domainOf(name), /#EXT#@/i.test(name) ? 0 : 1);
    if (typeof usageLocation === 'string') count(countries, usageLocation.toUpperCase(), 1);
    yield userLine(copy.user(user));
  }
  yield* groupLines(options, known, summary);
  const ranked = mostFirst(domains);
  yield tenantLine({
    tenantId: copy.id(plan.tenantId ?? newId()),
    // Graph shows the name to other permissions alone, and nothing depends on it.
    displayName: 'Copy of a tenant',
    domains: (ranked.length === 0 ? ['tenant.example'] : ranked).map((domain) => copy.domain(domain)),
    countryLetterCode: mostFirst(countries).find((code) => /^[A-Z]{2}$/.test(code)) ?? 'US',
  });
}

async function* usersOf(
  { directory, plan, needed, onProgress }: ExportOptions,
  known: Set<string>,
  summary: ExportSummary,
): AsyncGenerator<ExportedUser> {
  const skus = new Set(plan.skus.map(({ skuId }) => skuId));
  const properties = await propertiesFor(directory, plan, needed);
  const onOdd = () => void (summary.unreadableUsers += 1);
  for await (const page of directory.listUsers({ ...noNeeds, properties }, undefined, onOdd)) {
    for (const user of page) {
      // Graph may show a user on two pages when others are created or deleted meanwhile.
      if (known.has(user.id)) continue;
      known.add(user.id);
      const assignments = user.assignments.filter(({ skuId }) => skus.has(skuId));
      summary.unlistedLicenses += user.assignments.length - assignments.length;
      yield { ...user, assignments };
    }
    summary.users = known.size;
    onProgress?.({ step: 'users', done: known.size });
  }
}

/** Everything that rules can ask of users, and what these rules ask beyond it, spelled as the directory does. */
async function propertiesFor(
  directory: Pick<Directory, 'spellingOf'>,
  { groups }: ExportPlan,
  needed: Iterable<string>,
): Promise<ReadonlySet<string>> {
  const usual = userPropertyNames().filter((name) => !onDemand.has(name));
  const ruled = groups.flatMap(({ membershipRule }) => {
    const reading = membershipRule === null ? undefined : readMembershipRule(membershipRule);
    return reading?.valid === true ? [...reading.rule.needs.properties] : [];
  });
  const asked = new Set([...usual, ...ruled, ...needed, 'createdDateTime', 'manager/id']);
  const spelled = new Set<string>();
  for (const name of asked) {
    if (derived.has(name)) continue;
    spelled.add(/^extension_/i.test(name) ? ((await directory.spellingOf(name)) ?? name) : name);
  }
  return spelled;
}

async function* groupLines(
  { reads, plan, copy, onProgress }: ExportOptions,
  users: ReadonlySet<string>,
  summary: ExportSummary,
): AsyncGenerator<TenantFileLine> {
  const groups = new Map<string, TenantGroup>(plan.groups.map((group) => [group.id, group]));
  const left = new Set(groups.keys());
  let done = 0;
  for await (const { group: id, members } of reads.directMembers(plan.groups.map((group) => group.id))) {
    const group = groups.get(id);
    if (group === undefined || !left.delete(id)) continue;
    const inCopy = [...new Set(members)].filter((member) => users.has(member) || groups.has(member));
    summary.otherMembers += members.length - inCopy.length;
    yield groupLine(
      copy.group(group),
      inCopy.map((member) => copy.id(member)),
    );
    onProgress?.({ step: 'groups', done: ++done });
  }
  // Deleted since they were listed: others may still name them.
  for (const id of left) {
    const group = groups.get(id);
    if (group !== undefined) yield groupLine(copy.group(group), []);
  }
}

function count(counts: Map<string, number>, what: string, weight: number): void {
  if (what !== '') counts.set(what, (counts.get(what) ?? 0) + weight);
}

function domainOf(name: string): string {
  return name.includes('@') ? name.slice(name.lastIndexOf('@') + 1).toLowerCase() : '';
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([what]) => what);
}
