import { assignLicense } from '@auto-licenser/graph-emulator/assign-license';
import { makeEngine } from '@auto-licenser/graph-emulator/engine';
import { tenantLineSchema } from '@auto-licenser/graph-emulator/tenant-line';
import type { ServicePlanId, SkuId, UserId } from '../../../../shared/kernel/ids';
import { decide } from '../../../../shared/licensing/decide';
import type { DecideInput } from '../../../../shared/licensing/decision';
import type { Holding } from '../../../../shared/licensing/holding/holding';
import { soughtSeats } from '../../../../shared/licensing/seats/sought-seats';
import type { WaitingForSeat } from '../../../../shared/licensing/seats/serve-waiting';
import { isReserved, serveWaiting } from '../../../../shared/licensing/seats/serve-waiting';
import { noneNew } from '../../../../shared/licensing/service-plans/service-plan-verdicts';
import type { Policy } from '../../../../shared/policy/policy';
import { anInput, now, sku, skuNames, tenant, type SkuName } from './tenant';
import type { Ledger } from '../../../../shared/words/ledger';

const grantMs = 5 * 60_000;

/** Users of the embedded Graph, called in process, whose scarce SKUs are only given out by the waiting list. */
export function makeScarceTenant(
  policy: Policy,
  departments: readonly string[],
  seats: Readonly<Partial<Record<SkuName, number>>>,
) {
  const engine = makeTenantEngine(departments, seats);
  const scarce = new Set(skuNames.filter((name) => seats[name] !== undefined).map(sku));
  const ledgers = new Map<number, Ledger>();
  const waiting = new Map<string, WaitingForSeat>();
  let time = now;

  const account = (index: number) => {
    const found = engine.tenant.findUser(idOf(index));
    if (found === undefined) throw new Error('the embedded tenant has lost its user');
    return found;
  };
  const holdingOf = (index: number): Holding => ({
    direct: account(index).version.direct.map(({ skuId, disabledPlans }) => ({
      skuId: skuId as SkuId,
      disabledPlans: disabledPlans as readonly ServicePlanId[],
      state: 'Active',
      error: null,
    })),
    inherited: [],
    usageLocation: 'NL',
  });
  const skuOf = (skuId: SkuId) => {
    const found = engine.tenant.skus.get(skuId);
    if (found === undefined) throw new Error(`the embedded tenant has no ${skuId}`);
    return found;
  };
  const free = (skuId: SkuId) => skuOf(skuId).prepaidUnits.enabled - skuOf(skuId).consumedUnits;
  const look = (index: number) => {
    const hasGrant = (skuId: SkuId) => {
      const entry = waiting.get(`${skuId} ${index}`);
      return entry !== undefined && isReserved(entry, time);
    };
    const base = anInput({
      policy,
      properties: { accountEnabled: true, department: departments[index], country: 'NL' },
    });
    const input: DecideInput = {
      ...base,
      user: { ...base.user, id: idOf(index) },
      holding: holdingOf(index),
      knownPlans: noneNew,
      ledger: ledgers.get(index) ?? [],
      seats: { free, listOnly: (skuId) => scarce.has(skuId) && !hasGrant(skuId) },
      now: time,
    };
    const decision = decide(input);
    const { operation } = decision;
    // Throws what Graph refuses: no call may be made that a single actor could know to be refused.
    if (operation !== undefined) {
      assignLicense(engine, account(index), { addLicenses: operation.add, removeLicenses: operation.remove });
    }
    ledgers.set(index, decision.ledger);
    const sought = new Map(soughtSeats(decision.skus).map((one) => [one.skuId, one]));
    for (const skuId of scarce) {
      const wanted = sought.get(skuId);
      const key = `${skuId} ${index}`;
      if (wanted === undefined) waiting.delete(key);
      else if (!waiting.has(key)) {
        const place = { skuId, userId: idOf(index), priority: wanted.priority, since: time };
        waiting.set(key, { ...place, grantedUntil: null });
      }
    }
  };
  const isServed = (index: number) =>
    [...waiting.values()].some((entry) => entry.userId === idOf(index) && isReserved(entry, time));
  return {
    look,
    holdingOf,
    wait: (ms: number) => {
      time += ms;
    },
    buy: (name: SkuName) => {
      const bought = skuOf(sku(name));
      bought.prepaidUnits = { ...bought.prepaidUnits, enabled: bought.prepaidUnits.enabled + 1 };
    },
    /** Grants seats as the drain does; answers who is to be looked at again. */
    drain: (): number[] => {
      const granted = serveWaiting(waiting.values(), free, time);
      const indexes = granted.map((entry) =>
        departments.findIndex((_, index) => idOf(index) === entry.userId),
      );
      for (const [at, entry] of granted.entries()) {
        waiting.set(`${entry.skuId} ${indexes[at]}`, { ...entry, grantedUntil: time + grantMs });
      }
      return indexes;
    },
    waiting: () => [...waiting.values()],
    /** For whom a seat is set aside. */
    granted: () => departments.flatMap((_, index) => (isServed(index) ? [index] : [])),
  };
}

export function idOf(index: number): UserId {
  return `0a6f6f4e-0000-4000-8000-00000000000${index}` as UserId;
}

const skuLines = tenant.skus.map((one) =>
  tenantLineSchema.parse({
    type: 'sku',
    skuId: one.skuId,
    skuPartNumber: one.skuPartNumber,
    prepaidUnits: { enabled: 1000 },
    servicePlans: one.servicePlans.map((plan) => ({ ...plan })),
  }),
);
const tenantLine = tenantLineSchema.parse({
  type: 'tenant',
  tenantId: '0a6f6f4e-0000-4000-8000-0000000000ff',
  displayName: 'Contoso',
  domains: ['contoso.com'],
  countryLetterCode: 'NL',
});

/** Checking lines costs more than all that is done with them, so those that stay the same are checked once. */
function makeTenantEngine(departments: readonly string[], seats: Readonly<Partial<Record<SkuName, number>>>) {
  const engine = makeEngine({
    tenant: [
      tenantLine,
      ...skuLines.map((line) => {
        const enabled = line.type === 'sku' ? seats[line.skuPartNumber as SkuName] : undefined;
        return line.type === 'sku' && enabled !== undefined
          ? { ...line, prepaidUnits: { ...line.prepaidUnits, enabled } }
          : line;
      }),
      ...departments.map((department, index) =>
        tenantLineSchema.parse({
          type: 'user',
          id: idOf(index),
          userPrincipalName: `user${index}@contoso.com`,
          usageLocation: 'NL',
          department,
        }),
      ),
    ],
    clock: { now: () => now },
    random: () => 0.5,
    epoch: 'test',
  });
  engine.clock.stop();
  return engine;
}
