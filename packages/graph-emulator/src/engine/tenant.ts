import type { CompiledPlanRules, PlanRules } from './licensing/plan-rules';
import type { GroupRecord, SkuRecord, UserRecord } from './records';

export type TenantFacts = {
  readonly tenantId: string;
  readonly displayName: string;
  /** The first one is the default domain. */
  readonly domains: readonly string[];
  /** ISO 3166-1 alpha-2; what group licensing takes for members without a usage location. */
  readonly countryLetterCode: string;
};

/** The tables of the tenant with their indexes: every look-up costs the same whatever the size. */
export class Tenant {
  readonly users = new Map<string, UserRecord>();
  /** By lower-case userPrincipalName, without the deleted. */
  readonly usersByName = new Map<string, UserRecord>();
  /** In the order of creation; deleted users stay, marked, so that positions hold while a client pages. */
  readonly userOrder: UserRecord[] = [];
  readonly groups = new Map<string, GroupRecord>();
  readonly groupOrder: GroupRecord[] = [];
  readonly skus = new Map<string, SkuRecord>();
  userCount = 0;
  /** While new users are not replicated yet, the changes of the last `lagMs` are not either. */
  replication = { until: 0, lagMs: 0 };

  constructor(
    readonly facts: TenantFacts,
    readonly rules: PlanRules,
    readonly planRules: CompiledPlanRules,
  ) {}

  addUser(user: UserRecord): void {
    this.users.set(user.id, user);
    this.userOrder.push(user);
    if (user.deletedAt === null) {
      this.usersByName.set(nameKey(user.version.properties.userPrincipalName), user);
      this.userCount += 1;
    }
  }

  addGroup(group: GroupRecord): void {
    this.groups.set(group.id, group);
    this.groupOrder.push(group);
  }

  /** Whether an object of the directory has this id, deleted ones included: users and groups share their ids. */
  hasId(id: string): boolean {
    return this.users.has(id) || this.groups.has(id);
  }

  /** By id or userPrincipalName; not the deleted. */
  findUser(idOrName: string): UserRecord | undefined {
    const user = this.users.get(idOrName.toLowerCase()) ?? this.usersByName.get(nameKey(idOrName));
    return user && user.deletedAt === null ? user : undefined;
  }

  findGroup(id: string): GroupRecord | undefined {
    const group = this.groups.get(id.toLowerCase());
    return group && group.deletedAt === null ? group : undefined;
  }
}

/** A userPrincipalName as the index holds it. */
export function nameKey(name: unknown): string {
  return typeof name === 'string' ? name.toLowerCase() : '';
}
