import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { makeOddUsers, oddPolicy, plans, skus } from '../support/odd-users/make-odd-users';
import type { OddUser, PlanName, SkuName } from '../support/odd-users/make-odd-users';
import { expectedOf, showHeld } from '../support/odd-users/oracle';
import { toTenantFile } from '../support/odd-users/tenant-file';
import { waitUntil } from '../support/wait-until';

const count = Number(process.env['LICENSER_ODD_USERS'] ?? 5_000);
const seed = Number(process.env['LICENSER_ODD_SEED'] ?? 17);
const skuNames = Object.keys(skus) as SkuName[];
const planNames = Object.keys(plans) as PlanName[];

type State = {
  readonly skuId: string;
  readonly assignedByGroup: string | null;
  readonly disabledPlans: readonly string[];
};

/** Everybody's direct licenses, as Graph lists them. */
async function readHeld(test: TestCloud): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  let path: string | undefined = '/users?$select=id,licenseAssignmentStates&$top=999';
  while (path !== undefined) {
    const { body } = await test.graph('GET', path);
    for (const user of body['value'] as { id: string; licenseAssignmentStates: State[] }[]) {
      const direct = user.licenseAssignmentStates.filter(({ assignedByGroup }) => assignedByGroup === null);
      held.set(
        user.id,
        showHeld(
          new Map(
            direct.map(({ skuId, disabledPlans }) => [
              skuNames.find((name) => skus[name].id === skuId) as SkuName,
              disabledPlans.map((id) => planNames.find((name) => plans[name] === id) as PlanName).sort(),
            ]),
          ),
        ),
      );
    }
    const next = body['@odata.nextLink'] as string | undefined;
    path = next?.slice(next.indexOf('/v1.0') + '/v1.0'.length);
  }
  return held;
}

async function startWith(users: readonly OddUser[], folder: string, seats: Partial<Record<SkuName, number>>) {
  writeFileSync(join(folder, 'tenant.ndjson'), toTenantFile(users, seats));
  writeFileSync(join(folder, 'policy.yaml'), oddPolicy);
  return startTestCloud({
    policy: join(folder, 'policy.yaml'),
    tenantFile: join(folder, 'tenant.ndjson'),
    quotaFactor: 20,
    settings: { LICENSER_FIRST_CENSUS: 'on' },
  });
}

/** Users who could still take a seat of this SKU: the oracle says that they are to have it, and they do not. */
function mayTake(users: readonly OddUser[], held: ReadonlyMap<string, string>, sku: SkuName): number {
  return users.filter((user) => expectedOf(user).has(sku) && !(held.get(user.id) ?? '').includes(sku)).length;
}

describe.each([
  ['plenty of seats', {}],
  ['too few seats of one SKU', { POWER_BI_PRO: Math.floor(count / 10) }],
])(`${String(count)} odd users in one sync, with %s`, (_case, seats: Partial<Record<SkuName, number>>) => {
  const folder = mkdtempSync(join(tmpdir(), 'licenser-odd-'));
  const users = makeOddUsers(count, seed, Date.now());
  let test: TestCloud;
  beforeAll(async () => {
    test = await startWith(users, folder, seats);
  }, 600_000);
  afterAll(async () => {
    await test.stop();
    rmSync(folder, { recursive: true });
  }, 120_000);

  it('hold in the end just what an oracle of its own says, and no seat lies idle', async () => {
    const scarce = Object.keys(seats) as SkuName[];
    let idleSince: number | null = null;
    let longestIdleMs = 0;
    const watch = async () => {
      const { body } = await test.graph('GET', '/subscribedSkus');
      const held = await readHeld(test);
      const isIdle = scarce.some((sku) => {
        const row = (
          body['value'] as {
            skuPartNumber: string;
            consumedUnits: number;
            prepaidUnits: { enabled: number };
          }[]
        ).find(({ skuPartNumber }) => skuPartNumber === sku);
        return (
          row !== undefined && row.consumedUnits < row.prepaidUnits.enabled && mayTake(users, held, sku) > 0
        );
      });
      const { state } = await readCensus({ cursors: test.stores.cursors });
      // Before the census has looked at everybody, a seat waits for those who have not been seen.
      idleSince = isIdle && state?.phase === 'done' ? (idleSince ?? Date.now()) : null;
      if (idleSince !== null) longestIdleMs = Math.max(longestIdleMs, Date.now() - idleSince);
      return held;
    };
    const isRight = (user: OddUser, is: string): boolean => {
      const should = showHeld(expectedOf(user));
      if (is === should) return true;
      // Who gets a scarce seat is a matter of order: without it the rest must be right.
      const expected = new Map(
        [...expectedOf(user)].filter(([sku]) => !scarce.includes(sku) || user.hand?.[0] === sku),
      );
      return is === showHeld(expected);
    };
    const wrong = (held: ReadonlyMap<string, string>) =>
      users.filter((user) => !isRight(user, held.get(user.id) ?? ''));
    const deadline = Date.now() + 1_500_000;
    let held = await watch();
    const settled = async () => {
      const { state } = await readCensus({ cursors: test.stores.cursors });
      return state?.phase === 'done' && wrong(held).length === 0;
    };
    while (Date.now() < deadline && !(await settled())) {
      await sleep(2_000);
      held = await watch();
    }
    if (scarce.length > 0) {
      await waitUntil(
        'every seat that a user could take is taken',
        async () => {
          held = await watch();
          return idleSince === null;
        },
        120_000,
      );
    }

    expect(wrong(held).map((user) => `${JSON.stringify(user)} holds ${held.get(user.id) ?? ''}`)).toEqual([]);
    expect(longestIdleMs).toBeLessThan(30_000);
    process.stderr.write(
      `odd users: ${String(count)}, differ 0, longest idle seat ${String(longestIdleMs)} ms\n`,
    );
  }, 1_800_000);
});
