import type { Directory, FoundGroup } from '../../../shared/graph/directory';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import type { SkuId, UserId } from '../../../shared/kernel/ids';
import { decide } from '../../../shared/licensing/decide';
import type { DecideInput } from '../../../shared/licensing/decision';
import { checkPolicyNames } from '../../../shared/ops/doctor/check-policy-names';
import { guarded } from '../../../shared/ops/doctor/finding';
import { makeCatalogueSource } from '../../../shared/pipeline/sources/catalogue-source';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { foldText } from '../../../shared/policy/fold-case';
import { isGuid } from '../../../shared/kernel/ids';
import type { HeldLicense } from '../../../shared/words/license';
import type { Ledger } from '../../../shared/words/ledger';
import { makeMemoryPolicies } from '../memory/memory-stores';
import { disturb } from './disturb';
import type { Disturbance, Disturbed } from './disturb';
import { makeDraw, makeNamedCase, planIdOf, userIdOf } from './make-case';
import type { NamedCase } from './make-case';

const newPlan = planIdOf(777) as string;

type Row = {
  direct: readonly HeldLicense[];
  ledger: Ledger;
  previous: DecideInput['previous'];
};

/** Looks are this far apart: beyond the ten minutes after which two looks agree that something is to go. */
const betweenLooks = 11 * 60_000;

/** What is wrong with what the product does when this happens to a generated tenant; empty: nothing. */
export async function judgeDisturbance(kind: Disturbance, seed: number): Promise<readonly string[]> {
  const draw = makeDraw(seededRandom(seed));
  const one = makeNamedCase(draw);
  const world = makeWorld(one);
  for (let look = 0; look < 3; look++) await world.lookAtAll([...one.users.keys()]);
  const before = world.holdings();
  const after = disturb(kind, one, draw);
  world.become(after);
  // A joiner who is in the groups of a user who was there.
  const model = draw.of([...one.users.keys()]);
  const joiner = userIdOf(99);
  world.join(joiner, model);
  world.advance(60_000);
  const doctor = await world.doctor();
  for (let look = 0; look < 4; look++) await world.lookAtAll([...one.users.keys(), joiner]);
  const problems: string[] = [];
  const wrong = (text: string) => problems.push(`seed ${String(seed)}, ${kind}: ${text}\n${one.policyText}`);
  const tenant = new Map(
    after.skus.map((sku) => [sku.skuId, new Set(sku.servicePlans.map((plan) => plan.servicePlanId))]),
  );
  for (const [user, held] of before) {
    const now = world.holdings().get(user) ?? new Map<SkuId, ReadonlySet<string>>();
    for (const [skuId, on] of held) {
      const still = now.get(skuId);
      if (still === undefined) wrong(`${user} lost ${skuId}`);
      for (const plan of on) {
        const isThere = tenant.get(skuId)?.has(plan as never) ?? true;
        if (still !== undefined && isThere && !still.has(plan))
          wrong(`${user} lost plan ${plan} of ${skuId}`);
      }
    }
    for (const gained of gains(held, now)) wrong(`${user} got ${gained}`);
  }
  const nothing = new Map<SkuId, ReadonlySet<string>>();
  const got = gains(before.get(model) ?? nothing, world.holdings().get(joiner) ?? nothing);
  // What the policy gave to a joiner who is in these groups: while a SKU cannot be had, as to one who finds no seat of it.
  const meanwhile =
    got.length === 0 ? nothing : await givenBefore(one, after.missing, model, world.groupsOf(joiner));
  for (const gained of got) {
    if (!meanwhile.has(gained as SkuId)) wrong(`the joiner got ${gained}`);
  }
  if (after.isSilent && one.named.groups.length > 0 && doctor === '')
    wrong('doctor does not say that groups cannot be read');
  for (const name of after.toBeNamed) {
    if (!foldText(doctor).includes(foldText(name))) wrong(`doctor does not name ${name}: ${doctor}`);
  }
  return problems;
}

/** What the undisturbed policy gives to a joiner of the department of `model` in these groups, when no seat of this SKU is free. */
async function givenBefore(
  one: NamedCase,
  skuId: SkuId | undefined,
  model: UserId,
  groups: ReadonlySet<string>,
) {
  const world = makeWorld({
    ...one,
    skus: one.skus.map((sku) => (sku.skuId === skuId ? { ...sku, enabledUnits: 0 } : sku)),
  });
  const joiner = userIdOf(99);
  world.join(joiner, model, groups);
  await world.lookAtAll([joiner]);
  return world.holdings().get(joiner) ?? new Map<SkuId, ReadonlySet<string>>();
}

/** SKUs, and plans of SKUs, that are on in `now` and were not before. */
function gains(
  before: ReadonlyMap<SkuId, ReadonlySet<string>>,
  now: ReadonlyMap<SkuId, ReadonlySet<string>>,
): readonly string[] {
  return [...now].flatMap(([skuId, on]) => {
    const had = before.get(skuId);
    if (had === undefined) return [skuId];
    return (
      [...on]
        // A plan that is new to the SKU follows `newPlans`, which is another promise.
        .filter((plan) => !had.has(plan) && plan !== newPlan)
        .map((plan) => `plan ${plan} of ${skuId}`)
    );
  });
}

function makeWorld(one: NamedCase) {
  let now = Date.UTC(2026, 0, 1);
  let tenant = {
    groups: one.groups,
    skus: one.skus,
    memberships: new Map<string, ReadonlySet<string>>([...one.users].map(([id, user]) => [id, user.groups])),
    isSilent: false,
  } as Pick<Disturbed, 'groups' | 'skus' | 'memberships' | 'isSilent'>;
  const departments = new Map<string, string>([...one.users].map(([id, { department }]) => [id, department]));
  const rows = new Map<UserId, Row>();
  const clock = { now: () => now, sleep: async () => undefined };
  const speak = () => {
    if (tenant.isSilent) throw new GraphError('permission', 'Insufficient privileges', { status: 403 });
  };
  const directory = {
    listSkus: async () => tenant.skus,
    findGroups: async (reference: string) => {
      speak();
      return tenant.groups.filter(({ id, displayName }) =>
        isGuid(reference) ? id === reference.toLowerCase() : foldText(displayName) === foldText(reference),
      );
    },
    groupNamesFrom: async () => tenant.groups.map(({ displayName }) => displayName),
  } as unknown as Directory;
  const catalogue = makeCatalogueSource(directory, clock);
  const policy = makePolicySource({
    store: makeMemoryPolicies(),
    file: { path: 'policy.yaml', read: async () => one.policyText },
    readCatalogue: async () => (await catalogue.read()).catalogue,
    directory,
    clock,
    logger: silentLogger,
    mayStore: true,
  });
  const look = async (user: UserId): Promise<void> => {
    const { policy: inForce, knownPlans } = await policy.active();
    const { catalogue: skus, book } = await catalogue.read();
    const named = await catalogue.groups(inForce).catch(() => undefined);
    // Graph does not say anything of groups: the look fails as a whole, and nothing is decided.
    if (named === undefined) return;
    const row = rows.get(user) ?? { direct: [], ledger: [], previous: null };
    const groups: readonly FoundGroup[] = tenant.groups.filter(
      ({ id }) => tenant.memberships.get(user)?.has(id) === true,
    );
    const decision = decide({
      policy: inForce,
      user: {
        id: user,
        properties: { department: departments.get(user) ?? null, memberOf: groups, country: 'NL' },
        deleted: false,
      },
      memberships: { transitive: groups, named },
      holding: { direct: row.direct, inherited: [], usageLocation: 'NL' },
      catalogue: skus,
      seats: { free: (skuId) => book.free(skuId), listOnly: () => false },
      ledger: row.ledger,
      exception: null,
      learntConflicts: { conflicts: [], dependencies: [] },
      knownPlans,
      previous: row.previous,
      permissions: 'full',
      now,
    });
    const { operation } = decision;
    const added = operation?.add ?? [];
    const gone = new Set([...added.map(({ skuId }) => skuId), ...(operation?.remove ?? [])]);
    rows.set(user, {
      direct: [
        ...row.direct.filter(({ skuId }) => !gone.has(skuId)),
        ...added.map((license) => ({ ...license, state: 'Active', error: null })),
      ],
      ledger: decision.ledger,
      previous: { outcome: decision.outcome, decidedAt: now },
    });
  };
  /** Plans that are on by what the SKU had when it was given, or has now. */
  const plansOf = (skuId: SkuId) =>
    (tenant.skus.find((sku) => sku.skuId === skuId) ?? one.skus.find((sku) => sku.skuId === skuId))
      ?.servicePlans ?? [];
  return {
    lookAtAll: async (users: readonly UserId[]) => {
      for (const user of users) await look(user);
      now += betweenLooks;
    },
    advance: (ms: number) => {
      now += ms;
    },
    become: (next: typeof tenant) => {
      tenant = next;
    },
    groupsOf: (user: UserId) => tenant.memberships.get(user) ?? new Set<string>(),
    join: (user: UserId, model: UserId, inGroups?: ReadonlySet<string>) => {
      departments.set(user, departments.get(model) ?? '');
      // In the groups of old, as far as they are there: not in those that the model got into since.
      const groups = [...(inGroups ?? one.users.get(model)?.groups ?? [])].filter((id) =>
        tenant.groups.some((group) => group.id === id),
      );
      tenant = { ...tenant, memberships: new Map([...tenant.memberships, [user, new Set(groups)]]) };
    },
    holdings: (): ReadonlyMap<UserId, ReadonlyMap<SkuId, ReadonlySet<string>>> =>
      new Map(
        [...rows].map(([user, { direct }]) => [
          user,
          new Map(
            direct.map(({ skuId, disabledPlans }) => [
              skuId,
              new Set<string>(
                plansOf(skuId)
                  .map((plan) => plan.servicePlanId)
                  .filter((plan) => !disabledPlans.includes(plan)),
              ),
            ]),
          ),
        ]),
      ),
    doctor: async () => {
      const file = { path: 'policy.yaml', read: async () => one.policyText };
      const findings = await guarded('names', () => checkPolicyNames({ directory, policy, catalogue }, file));
      return findings
        .filter(({ state }) => state !== 'ok')
        .map(({ text }) => text)
        .join('\n');
    },
  };
}
