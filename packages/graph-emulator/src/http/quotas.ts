import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';
import type { Route } from './graph-request';

type Limit = { readonly amount: number; readonly windowMs: number };
type Scope = 'Tenant_Application' | 'Tenant' | 'Application';
/** One bucket that a kind of request is charged to. */
type Account = {
  readonly bucket: Bucket;
  /** Undefined: the resource units of the tenant's size. */
  readonly limit: Limit | undefined;
  /** Charged with the resource units of the request, else with 1. */
  readonly isUnits: boolean;
  readonly scope: Scope;
  readonly kind: 'ReadWrite' | 'Write';
};

/**
 * The limits of the identity and access service, the subscription service and the reports.
 * https://learn.microsoft.com/graph/throttling-limits
 */
const limits = {
  unitsSmall: { amount: 3_500, windowMs: 10_000 },
  unitsMedium: { amount: 5_000, windowMs: 10_000 },
  unitsLarge: { amount: 8_000, windowMs: 10_000 },
  unitsOfApp: { amount: 150_000, windowMs: 20_000 },
  writes: { amount: 3_000, windowMs: 150_000 },
  writesOfApp: { amount: 70_000, windowMs: 300_000 },
  writesOfTenant: { amount: 18_000, windowMs: 300_000 },
  subscriptions: { amount: 5_000, windowMs: 20_000 },
  reports: { amount: 5, windowMs: 10_000 },
} as const satisfies Record<string, Limit>;

class Bucket {
  private spent = 0;
  private at = 0;

  /** What is used of the limit at `now`, after the refill. */
  used(now: number, most: number, windowMs: number): number {
    const refill = ((now - this.at) * most) / windowMs;
    this.spent = Math.max(0, this.spent - Math.max(0, refill));
    this.at = now;
    return this.spent;
  }

  spend(cost: number): void {
    this.spent += cost;
  }

  limitTo(most: number): void {
    this.spent = Math.min(this.spent, most);
  }
}

/** Token buckets by application and tenant. Cost does not depend on the size of the tenant. */
export class Quotas {
  private readonly buckets = new Map<string, Bucket>();
  /** By application. */
  private readonly accounts = new Map<string, Map<Route, readonly Account[]>>();

  constructor(private readonly engine: Engine) {}

  /**
   * Charges one request. The answer is the share of the fullest limit that is used now.
   * @throws GraphFault 429 with Retry-After; a refused request counts too, so that coming back early only makes it
   *   longer
   */
  charge(route: Route, units: number, appId: string): number {
    const now = this.engine.clock.now();
    const { quotaFactor } = this.engine.settings;
    const accounts = this.accountsOf(route, appId);
    let full: Account | undefined;
    let share = 0;
    for (const account of accounts) {
      const { amount, windowMs } = account.limit ?? this.unitLimit();
      const most = amount * quotaFactor;
      const cost = account.isUnits ? units : 1;
      const used = account.bucket.used(now, most, windowMs) + cost;
      if (used > most) full ??= account;
      account.bucket.spend(cost);
      share = Math.max(share, used / most);
    }
    if (full) throw this.refuse(accounts, full, full.isUnits ? units : 1, now, appId);
    return share;
  }

  /** Every quota is full again. */
  reset(): void {
    this.buckets.clear();
    this.accounts.clear();
  }

  private refuse(
    accounts: readonly Account[],
    full: Account,
    cost: number,
    now: number,
    appId: string,
  ): GraphFault {
    for (const account of accounts) {
      account.bucket.limitTo(this.limitOf(account).amount * (1 + this.engine.settings.throttledDebt));
    }
    const limit = this.limitOf(full);
    const over = full.bucket.used(now, limit.amount, limit.windowMs) + cost - limit.amount;
    const waitMs = (over * limit.windowMs) / limit.amount;
    const { tenantId } = this.engine.tenant.facts;
    return new GraphFault(429, 'TooManyRequests', 'Too many requests.', {
      'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))),
      'x-ms-throttle-scope': `${full.scope}/${full.kind}/${appId}/${tenantId}`,
      'x-ms-throttle-information': full.kind === 'Write' ? 'WriteLimitExceeded' : 'ResourceUnitLimitExceeded',
    });
  }

  private limitOf(account: Account): Limit {
    const limit = account.limit ?? this.unitLimit();
    const { quotaFactor } = this.engine.settings;
    return quotaFactor === 1 ? limit : { ...limit, amount: limit.amount * quotaFactor };
  }

  private accountsOf(route: Route, appId: string): readonly Account[] {
    const ofApp = this.accounts.get(appId) ?? new Map<Route, readonly Account[]>();
    const known = ofApp.get(route);
    if (known) return known;
    const accounts = this.makeAccounts(route, appId);
    this.accounts.set(appId, ofApp.set(route, accounts));
    return accounts;
  }

  private makeAccounts(route: Route, appId: string): Account[] {
    const account = (
      name: string,
      limit: Limit | undefined,
      scope: Scope,
      kind: Account['kind'] = 'ReadWrite',
    ): Account => ({
      bucket: this.bucket(`${name}/${scope === 'Tenant' ? '' : appId}`),
      limit,
      isUnits: name.startsWith('units'),
      scope,
      kind,
    });
    if (route.service === 'subscriptions') {
      return [account('subscriptions', limits.subscriptions, 'Tenant_Application')];
    }
    if (route.service === 'reports') return [account('reports', limits.reports, 'Tenant_Application')];
    const units = [
      account('units', undefined, 'Tenant_Application'),
      account('unitsOfApp', limits.unitsOfApp, 'Application'),
    ];
    if (!route.isWrite) return units;
    return [
      ...units,
      account('writes', limits.writes, 'Tenant_Application', 'Write'),
      account('writesOfApp', limits.writesOfApp, 'Application', 'Write'),
      account('writesOfTenant', limits.writesOfTenant, 'Tenant', 'Write'),
    ];
  }

  private unitLimit(): Limit {
    const { userCount } = this.engine.tenant;
    if (userCount < 50) return limits.unitsSmall;
    return userCount <= 500 ? limits.unitsMedium : limits.unitsLarge;
  }

  private bucket(name: string): Bucket {
    const known = this.buckets.get(name);
    if (known) return known;
    const bucket = new Bucket();
    this.buckets.set(name, bucket);
    return bucket;
  }
}

/** $select makes a request cheaper, so does a small page; $expand makes it dearer. Never under 1. */
export function resourceUnits(route: Route, options: ReadonlyMap<string, string>): number {
  const top = Number(options.get('$top') ?? 20);
  const units =
    route.units - (options.has('$select') ? 1 : 0) + (options.has('$expand') ? 1 : 0) - (top < 20 ? 1 : 0);
  return Math.max(1, units);
}
