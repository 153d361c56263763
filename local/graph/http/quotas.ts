import type { Engine } from '../engine/engine';
import { GraphFault } from '../engine/graph-fault';
import type { Route } from './graph-request';

type Limit = { readonly amount: number; readonly windowMs: number };
type Scope = 'Tenant_Application' | 'Tenant' | 'Application';
type Spend = {
  readonly bucket: Bucket;
  readonly limit: Limit;
  readonly cost: number;
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
  used(now: number, limit: Limit): number {
    const refill = ((now - this.at) * limit.amount) / limit.windowMs;
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

  constructor(private readonly engine: Engine) {}

  /**
   * Charges one request. Throws GraphFault 429 with Retry-After; a refused request counts too, so that coming back
   * early only makes it longer. The answer holds the headers about the use.
   */
  charge(route: Route, units: number, appId: string): Record<string, string> {
    const now = this.engine.clock.now();
    const spends = this.spendsOf(route, units, appId);
    const full = spends.find(({ bucket, limit, cost }) => bucket.used(now, limit) + cost > limit.amount);
    for (const { bucket, limit, cost } of spends) {
      bucket.used(now, limit);
      bucket.spend(cost);
      if (full) bucket.limitTo(limit.amount * (1 + this.engine.settings.throttledDebt));
    }
    if (full) throw this.refuse(full, now, appId);
    return this.headers(spends, units);
  }

  /** The share of the fullest bucket, for tests and the control API. */
  reset(): void {
    this.buckets.clear();
  }

  private headers(spends: readonly Spend[], units: number): Record<string, string> {
    const headers: Record<string, string> = { 'x-ms-resource-unit': String(units) };
    if (!this.engine.settings.throttlePercentageHeader) return headers;
    const now = this.engine.clock.now();
    const share = Math.max(...spends.map(({ bucket, limit }) => bucket.used(now, limit) / limit.amount));
    if (share > 0.8) headers['x-ms-throttle-limit-percentage'] = Math.min(1.8, share).toFixed(2);
    return headers;
  }

  private refuse({ bucket, limit, cost, scope, kind }: Spend, now: number, appId: string): GraphFault {
    const over = bucket.used(now, limit) + cost - limit.amount;
    const waitMs = (over * limit.windowMs) / limit.amount;
    const { tenantId } = this.engine.tenant.facts;
    return new GraphFault(429, 'TooManyRequests', 'Too many requests.', {
      'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))),
      'x-ms-throttle-scope': `${scope}/${kind}/${appId}/${tenantId}`,
      'x-ms-throttle-information': kind === 'Write' ? 'WriteLimitExceeded' : 'ResourceUnitLimitExceeded',
    });
  }

  private spendsOf(route: Route, units: number, appId: string): Spend[] {
    const spend = (name: string, limit: Limit, cost: number, scope: Scope, kind: Spend['kind']): Spend => ({
      bucket: this.bucket(`${name}/${scope === 'Tenant' ? '' : appId}`),
      limit: { ...limit, amount: limit.amount * this.engine.settings.quotaFactor },
      cost,
      scope,
      kind,
    });
    if (route.service === 'subscriptions') {
      return [spend('subscriptions', limits.subscriptions, 1, 'Tenant_Application', 'ReadWrite')];
    }
    if (route.service === 'reports') {
      return [spend('reports', limits.reports, 1, 'Tenant_Application', 'ReadWrite')];
    }
    const spends = [
      spend('units', this.unitLimit(), units, 'Tenant_Application', 'ReadWrite'),
      spend('unitsOfApp', limits.unitsOfApp, units, 'Application', 'ReadWrite'),
    ];
    if (!route.isWrite) return spends;
    return [
      ...spends,
      spend('writes', limits.writes, 1, 'Tenant_Application', 'Write'),
      spend('writesOfApp', limits.writesOfApp, 1, 'Application', 'Write'),
      spend('writesOfTenant', limits.writesOfTenant, 1, 'Tenant', 'Write'),
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
