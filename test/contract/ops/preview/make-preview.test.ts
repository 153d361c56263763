import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGraph } from '@auto-licenser/graph-emulator';
import type { RunningGraph } from '@auto-licenser/graph-emulator';
import { makeTenant } from '@auto-licenser/graph-emulator/make-tenant';
import type { Directory } from '../../../../shared/graph/directory';
import { makeGraphDirectory } from '../../../../shared/graph/graph-directory';
import { systemClock } from '../../../../shared/kernel/clock';
import { toSkuId } from '../../../../shared/kernel/ids';
import type { UserId } from '../../../../shared/kernel/ids';
import { silentLogger } from '../../../../shared/kernel/logger';
import { seededRandom } from '../../../../shared/kernel/random';
import { noneNew } from '../../../../shared/licensing/service-plans/service-plan-verdicts';
import type { PreviewLine } from '../../../../shared/licensing/preview/preview';
import { makePreview } from '../../../../shared/ops/preview/make-preview';
import { explainLicenses } from '../../../../shared/ops/users/explain-user';
import { showPreview } from '../../../../shared/ops/preview/show-preview';
import type { PlanProgress, PlanRequest } from '../../../../shared/ops/preview/make-preview';
import { makeCatalogueSource } from '../../../../shared/pipeline/sources/catalogue-source';
import type { Services } from '../../../../shared/pipeline/services';
import { makeLearntConflictSource } from '../../../../shared/pipeline/sources/learnt-conflict-source';
import { lookAtUser } from '../../../../shared/pipeline/look/look-at-user';
import { makeWaitingSkus } from '../../../../shared/pipeline/sources/waiting-skus';
import { loadPolicy } from '../../../../shared/policy/file/load-policy';
import type { Policy } from '../../../../shared/policy/policy';
import { makeTableStores } from '../../../../shared/store/tables/table-stores';
import type { TableStores } from '../../../../shared/store/tables/table-stores';
import { leaseTables } from '../../../support/clouds/lease-tables';
import type { LentTables } from '../../../support/clouds/lease-tables';
import { makeEmbeddedCredential } from '../../../support/graph/embedded-credential';
import { ledgerEntry, userState } from '../../../support/user-states';

// https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const ems = toSkuId('efccb6f7-5641-4e0e-bd10-b4976e1bf68e');

function policyOf(text: string): Policy {
  const { policy, problems } = loadPolicy(text, { file: 'policy.yaml' });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return policy;
}

const policyText = (team: string) => `
version: 1
scope: { when: 'user.userType -eq "Member" -and user.accountEnabled -eq true' }
usageLocation: { from: country, default: NL }
exclusive: [[SPE_E5, SPE_E3]]
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
  - name: engineers
    memberOf: [SG-Engineering]
    assign: [{ sku: SPE_E5, fallback: [SPE_E3], priority: 10 }]
  - name: direct-members
    when: 'user.memberOf -any (group.objectId -in ["${team}"])'
    assign: [{ sku: POWER_BI_PRO }]
removal: { mode: keep }
prices: { SPE_E5: 57, EMS: 9 }
`;

// The whole tenant is read in each of them, on whatever machine.

let graph: RunningGraph;
let azurite: LentTables;
let stores: TableStores;
let directory: Directory;
let pipeline: Services;
let policy: Policy;

beforeAll(async () => {
  azurite = await leaseTables();
  graph = await startGraph({
    tenant: makeTenant({ users: 150, seed: 11 }),
    random: seededRandom(3),
    settings: { echoMs: { min: 0, max: 0 } },
  });
  const clock = systemClock;
  const random = seededRandom(5);
  stores = makeTableStores({
    endpoint: azurite.endpoint,
    credential: azurite.credential,
    clock,
    random,
    logger: silentLogger,
  });
  directory = makeGraphDirectory({
    credential: makeEmbeddedCredential(graph),
    graphOrigin: graph.origin,
    clock,
    random,
    logger: silentLogger,
  });
  const [team] = await directory.findGroups('SG-Platform');
  policy = policyOf(policyText(team?.id ?? ''));
  pipeline = {
    clock,
    directory,
    users: stores.users,
    catalogue: makeCatalogueSource(directory, clock),
    policy: {
      forUser: async () => ({ policy, knownPlans: noneNew }),
      active: async () => ({ policy, knownPlans: noneNew }),
      needs: async () => policy.needs,
    },
    learntConflicts: makeLearntConflictSource(stores.learntConflicts, clock),
    ledgerCount: () => stores.users.countWithLedger(),
    waiting: stores.waiting,
    waitingSkus: makeWaitingSkus(stores.waiting, clock),
    settings: { permissions: 'full', lanes: 32 },
  } as unknown as Services;
});
afterAll(async () => {
  await graph?.stop();
});

async function everybody(): Promise<UserId[]> {
  const ids: UserId[] = [];
  const read = { properties: new Set<string>(), directGroups: false };
  for await (const page of directory.listUsers(read)) ids.push(...page.map(({ id }) => id));
  return ids;
}

async function planWithDigests(request: PlanRequest) {
  const digests = new Map<UserId, string>();
  const made = await makePreview(pipeline, { ...request, onUser: (id, digest) => digests.set(id, digest) });
  return { ...made, digests };
}

describe('makePlan', () => {
  it('plans the whole tenant with the digests that looking at each user gives', async () => {
    const ids = await everybody();
    const held = ids.slice(0, 12);
    for (const [index, id] of held.entries()) {
      const ledger = index % 2 === 0 ? [ledgerEntry(ems)] : [];
      await stores.users.commit(await stores.users.read(id), { state: userState(), ledger });
    }
    const progress: PlanProgress[] = [];

    const {
      preview: plan,
      digests,
      unknown,
    } = await planWithDigests({
      policy,
      selection: { kind: 'all' },
      onProgress: (step) => progress.push(step),
    });

    const looks = new Map<UserId, string>();
    const operations = new Set<UserId>();
    for (const id of ids) {
      const look = await lookAtUser(pipeline, await stores.users.read(id));
      if (look.kind === 'missing') throw new Error(`the tenant lost ${id}`);
      looks.set(id, look.digest);
      // A look alone gets no scarce seat: that is for the waiting list, which the plan stands for.
      const { operation, outcome } = look.decision;
      if (operation !== undefined || outcome === 'waiting') operations.add(id);
    }
    expect(new Map([...digests].sort())).toEqual(new Map([...looks].sort()));
    expect(plan.users).toBe(ids.length);
    expect(operations.size).toBeGreaterThan(20);
    const changes = (line: PreviewLine) => line.gains.length + line.plansOff.length + line.plansOn.length > 0;
    const lines = new Map(plan.lines.map((line) => [line.user.id, line]));
    for (const id of operations) {
      // Looked at alone a user gets the last seat; together with all others some of them wait.
      const line = lines.get(id);
      expect(line !== undefined && (changes(line) || line.outcome === 'waiting')).toBe(true);
    }
    expect(plan.lines.filter(changes).every((line) => operations.has(line.user.id))).toBe(true);
    expect(plan.lines.every((line) => line.user.userPrincipalName !== null)).toBe(true);
    expect(plan.seats.map((one) => one.skuPartNumber)).toEqual(expect.arrayContaining(['EMS', 'SPE_E5']));
    expect(progress.at(-1)).toEqual({ step: 'users', done: ids.length, total: null });
    expect(unknown).toEqual([]);
  });

  it('plans one group or some users as it plans them in the whole', async () => {
    const whole = await planWithDigests({ policy, selection: { kind: 'all' } });
    const group = await planWithDigests({
      policy,
      selection: { kind: 'group', group: 'SG-Engineering' },
    });
    const [line] = group.preview.lines;
    const name = line?.user.userPrincipalName ?? '';
    const some = await makePreview(pipeline, {
      policy,
      selection: { kind: 'users', users: [name, line?.user.id ?? '', 'missing@contoso.com'] },
    });

    expect(group.preview.users).toBeGreaterThan(0);
    expect(group.preview.users).toBeLessThan(whole.preview.users);
    for (const [id, digest] of group.digests) expect(whole.digests.get(id)).toBe(digest);
    expect(group.preview.lines.map(({ user }) => user)).toEqual(
      whole.preview.lines.map(({ user }) => user).filter(({ id }) => group.digests.has(id)),
    );
    expect(some.preview.lines).toEqual([line]);
    expect(some.preview.users).toBe(1);
    expect(some.unknown).toEqual(['missing@contoso.com']);
  });

  it('changes with the tenant, and only then', async () => {
    const hashOf = async () =>
      (await makePreview(pipeline, { policy, selection: { kind: 'all' } })).preview.stateHash;
    const before = await hashOf();
    const again = await hashOf();
    const { preview: plan } = await makePreview(pipeline, { policy, selection: { kind: 'all' } });
    const [first] = plan.lines.filter((line) => line.usageLocation === null && line.gains.length === 1);
    const gain = first?.gains[0];
    if (first === undefined || gain === undefined) throw new Error('no user gains anything');

    await directory.assignLicense(first.user.id, { add: [{ skuId: gain, disabledPlans: [] }], remove: [] });

    expect(again).toBe(before);
    expect(await hashOf()).not.toBe(before);
  });

  it('writes nothing anywhere', async () => {
    const rowsOf = async () => {
      const rows: unknown[] = [];
      for await (const record of stores.users.records()) rows.push(record);
      return JSON.stringify(rows);
    };
    const rows = await rowsOf();
    const writes = graph.engine.writeLog.after(0).length;

    await makePreview(pipeline, { policy, selection: { kind: 'all' } });

    expect(await rowsOf()).toBe(rows);
    expect(graph.engine.writeLog.after(0).length).toBe(writes);
  });

  it('is shown with names, bound to policy and state', async () => {
    const view = await showPreview(pipeline, {
      selection: { kind: 'group', group: 'SG-Engineering' },
      policy,
    });
    const { preview: plan } = await makePreview(pipeline, {
      policy,
      selection: { kind: 'group', group: 'SG-Engineering' },
    });

    expect([view.policyHash, view.stateHash]).toEqual([policy.hash, plan.stateHash]);
    expect(view.users).toBe(plan.users);
    expect(view.lines.flatMap((line) => line.gains)).toContain('SPE_E5');
    expect(view.cost?.after).toBeGreaterThan(view.cost?.before ?? Infinity);
  });

  it('explains a user as a look at them decides, rule by rule', async () => {
    const { preview: plan } = await makePreview(pipeline, { policy, selection: { kind: 'all' } });
    const line = plan.lines.find((one) => one.gains.join() === ems && one.outcome === 'licensed');
    const name = line?.user.userPrincipalName ?? '';
    const other = `
version: 1
rules: [{ name: none, when: 'user.department -eq "Nowhere"', assign: [{ sku: EMS }] }]
`;

    const explained = await explainLicenses(pipeline, name);
    const edited = await explainLicenses(pipeline, name, policyOf(other));

    expect(explained).toMatchObject({
      userPrincipalName: name,
      outcome: 'licensed',
      policyHash: policy.hash,
    });
    expect(explained.reasons).toEqual(line?.reasons);
    expect(explained.scope).toMatchObject({ truth: true, when: { result: true, kind: 'and' } });
    expect(explained.rules.map((rule) => [rule.name, rule.truth])).toEqual([
      ['sales', true],
      ['engineers', false],
      ['direct-members', false],
    ]);
    expect(explained.rules[1]).toMatchObject({ memberships: [], when: null, grants: ['SPE_E5'] });
    expect(edited.rules).toMatchObject([{ name: 'none', truth: false, when: { result: false } }]);
    expect(edited.outcome).toBe('nothing');
  });

  it('does not explain a user that the tenant does not have', async () => {
    await expect(explainLicenses(pipeline, 'missing@contoso.com')).rejects.toMatchObject({
      code: 'ops/unknown-user',
    });
  });

  it('refuses a group that is not there', async () => {
    const plan = makePreview(pipeline, { policy, selection: { kind: 'group', group: 'SG-Missing' } });

    await expect(plan).rejects.toMatchObject({ code: 'graph/unknown-group' });
  });
});
