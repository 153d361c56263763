import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '../../../emulator-kit/src/random';
import { assignLicense } from '../../src/engine/licensing/assign-license';
import { makeEngine } from '../../src/engine/engine';
import type { Engine } from '../../src/engine/engine';
import { GraphFault } from '../../src/engine/graph-fault';
import { assignGroupLicense } from '../../src/engine/licensing/group-licensing';
import { addMember, removeMember } from '../../src/engine/groups/change-members';
import { assignmentsInForce } from '../../src/engine/licensing/license-state';
import { deleteUser, purgeUser, restoreUser } from '../../src/engine/users/write-user';
import { addNewcomer } from '../../src/people/add-newcomer';
import { catalogueSku, catalogueSkus, planRuleLines } from '../../src/tenant/catalogue';
import { tenantLineSchema } from '../../src/tenant/tenant-line';
import type { TenantLine } from '../../src/tenant/tenant-line';
import { startGraph } from '../../src/start-graph';

const seats = 3;
const partNumbers = ['EMS', 'INTUNE_A_VL', 'SPE_E3', 'MCOEV', 'STANDARDPACK', 'FLOW_FREE'];
const users = 6;

function scarceTenant(): TenantLine[] {
  const lines = [
    {
      type: 'tenant',
      tenantId: '10000000-0000-0000-0000-000000000000',
      displayName: 'Scarce',
      domains: ['contoso.com'],
      countryLetterCode: 'NL',
    },
    ...planRuleLines(),
    ...catalogueSkus.map(({ displayName: _, ...sku }) => ({
      type: 'sku',
      ...sku,
      prepaidUnits: { enabled: seats },
    })),
    {
      type: 'group',
      id: '20000000-0000-0000-0000-000000000000',
      displayName: 'Licensed',
      securityEnabled: true,
      members: [],
    },
  ];
  return lines.map((line) => tenantLineSchema.parse(line));
}

function populate(engine: Engine): string[] {
  return Array.from(
    { length: users },
    (_, index) =>
      addNewcomer(engine, {
        properties: { userPrincipalName: `u${index}@contoso.com`, usageLocation: index === 0 ? 'CU' : 'NL' },
      }).id,
  );
}

/** Counted from the users, who are the truth. */
function countSeats(engine: Engine): Map<string, number> {
  const counted = new Map<string, number>();
  for (const user of engine.tenant.userOrder) {
    if (user.isGone || user.deletedAt !== null) continue;
    for (const skuId of new Set(assignmentsInForce(user.version).map((held) => held.skuId))) {
      counted.set(skuId, (counted.get(skuId) ?? 0) + 1);
    }
  }
  return counted;
}

const lines = scarceTenant();

function findWrong(engine: Engine): string[] {
  const counted = countSeats(engine);
  return [...engine.tenant.skus.values()]
    .filter(
      ({ skuId, consumedUnits }) => consumedUnits !== (counted.get(skuId) ?? 0) || consumedUnits > seats,
    )
    .map(
      ({ skuPartNumber, skuId, consumedUnits }) =>
        `${skuPartNumber}: ${consumedUnits}, held ${counted.get(skuId)}`,
    );
}

function expectExact(engine: Engine): void {
  const wrong = findWrong(engine);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

const step = fc.record({
  act: fc.constantFrom(
    'assign',
    'assign',
    'assign',
    'join',
    'leave',
    'group',
    'delete',
    'restore',
    'purge',
    'wait',
  ),
  user: fc.nat(users - 1),
  add: fc.subarray(partNumbers),
  remove: fc.subarray(partNumbers),
});
type Step = { act: string; user: number; add: string[]; remove: string[] };

function takeStep(engine: Engine, ids: readonly string[], { act, user: index, add, remove }: Step): void {
  const id = ids[index] ?? '';
  const user = engine.tenant.users.get(id);
  const group = engine.tenant.groupOrder[0];
  const change = {
    addLicenses: add.map((name) => ({ skuId: catalogueSku(name).skuId, disabledPlans: [] })),
    removeLicenses: remove.filter((name) => !add.includes(name)).map((name) => catalogueSku(name).skuId),
  };
  if (!user || !group) return;
  const isActive = user.deletedAt === null;
  if (act === 'assign' && isActive) assignLicense(engine, user, change);
  if (act === 'group')
    assignGroupLicense(engine, group, {
      ...change,
      removeLicenses: group.licenses
        .filter(({ skuId }) => !change.addLicenses.some((added) => added.skuId === skuId))
        .map(({ skuId }) => skuId),
    });
  if (act === 'join' && isActive) addMember(engine, group, id);
  if (act === 'leave') removeMember(engine, group, id);
  if (act === 'delete' && isActive) deleteUser(engine, user);
  if (act === 'restore' && !isActive) restoreUser(engine, user);
  if (act === 'purge' && !isActive) purgeUser(engine, user);
  if (act === 'wait') engine.clock.advance(3_000);
}

describe('consumedUnits', () => {
  it('is the sum over the users and never above the seats, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const engine = makeEngine({
          tenant: lines,
          clock: { now: () => 0 },
          random: seededRandom(1),
        });
        const ids = populate(engine);

        for (const each of steps) {
          try {
            takeStep(engine, ids, each);
          } catch (error) {
            if (!(error instanceof GraphFault)) throw error;
          }
          expectExact(engine);
        }
        engine.clock.advance(10_000);
        expectExact(engine);
        engine.clock.stop();
      }),
      { seed: 20260504, numRuns: 300 },
    );
  });

  it('holds under concurrent requests in any interleaving, and the last seat goes to one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(users - 1), fc.constantFrom(...partNumbers)), {
          minLength: 5,
          maxLength: 30,
        }),
        fc.integer(),
        async (calls, seed) => {
          const graph = await startGraph({
            tenant: lines,
            random: seededRandom(seed),
            settings: { writeMs: 1, concurrencyThresholdPerUser: null },
          });
          const ids = populate(graph.engine);
          const body = new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: graph.clientId,
            client_secret: graph.clientSecret,
            scope: '.default',
          });
          const { access_token: token } = (await (
            await fetch(graph.tokenUrl, { method: 'POST', body })
          ).json()) as {
            access_token: string;
          };

          const answers = await Promise.all(
            calls.map(async ([user, name]) =>
              graph.dispatcher.dispatch({
                method: 'POST',
                target: `/users/${ids[user]}/assignLicense`,
                header: (header) => (header === 'authorization' ? `Bearer ${token}` : undefined),
                readBody: () => ({
                  addLicenses: [{ skuId: catalogueSku(name).skuId, disabledPlans: [] }],
                  removeLicenses: [],
                }),
              }),
            ),
          );

          expectExact(graph.engine);
          for (const { status } of answers) expect([200, 400]).toContain(status);
          await graph.stop();
        },
      ),
      { seed: 42, numRuns: 10 },
    );
  });
});
