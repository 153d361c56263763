import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
import { graphCalls } from '../../../shared/graph/permissions';
import { systemClock } from '../../../shared/kernel/clock';
import { toUserId } from '../../../shared/kernel/ids';
import { silentLogger } from '../../../shared/kernel/logger';
import { seededRandom } from '../../../shared/kernel/random';
import { checkGraph } from '../../../shared/ops/doctor/check-graph';
import { applyToUser } from '../../../shared/pipeline/handlers/apply-user';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import { walkDelta } from '../../../shared/pipeline/intake/walk-delta';
import type { Services } from '../../../shared/pipeline/services';
import { makeCatalogueSource } from '../../../shared/pipeline/sources/catalogue-source';
import { makePolicySource } from '../../../shared/pipeline/sources/policy-source';
import { fetchToken, startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeMemoryCursors } from '../../support/memory-cursors';
import { makeMemoryPolicies } from '../../support/memory-stores';
import { makePipelineWorld } from '../../support/pipeline-world';
import { makeRecordingLogger } from '../../support/recording-logger';

/** What docs/permissions.md grants; `User.ReadWrite.All` would open much of what the others do, so it has its own case. */
const licenseOnly = [...new Set(graphCalls.map(({ permission }) => permission))].filter(
  (permission) => permission !== 'User.ReadWrite.All',
);
const minute = 60_000;

let graph: EmbeddedGraph;
let groupId: string;
beforeAll(async () => {
  // Its clock stands still, so its quotas are never filled up again.
  graph = await startEmbeddedGraph({ settings: { quotaFactor: 1_000 } });
  const { body } = await graph.call('POST', '/groups', {
    displayName: 'SG-Rights',
    mailEnabled: false,
    mailNickname: 'sg-rights',
    securityEnabled: true,
  });
  groupId = (body as { id: string }).id;
});
afterAll(() => graph.stop());

/** The product's own handlers and directory over the embedded Graph, with one user; the clock is the test's. */
async function makeWorld(properties: Record<string, unknown>, permissions: 'license-only' | 'full') {
  const t = makePipelineWorld();
  const roles = { held: permissions === 'full' ? [...licenseOnly, 'User.ReadWrite.All'] : licenseOnly };
  const clientId = `rights-${String(graph.engine.random())}`;
  await graph.local('POST', '/clients', { clientId, clientSecret: 's', roles: roles.held });
  const hold = async (held: readonly string[]) => {
    roles.held = [...held] as typeof roles.held;
    await graph.local('PATCH', `/clients/${clientId}`, { roles: held });
  };
  const directory = makeGraphDirectory({
    credential: {
      getToken: async () => ({ token: await fetchToken(graph, clientId, 's'), expiresOnTimestamp: 0 }),
    },
    graphOrigin: graph.origin,
    clock: systemClock,
    random: seededRandom(3),
    logger: silentLogger,
    budgetMs: 1_000,
  });
  const catalogue = makeCatalogueSource(directory, t.pipeline.clock);
  const policies = makeMemoryPolicies();
  const text = `version: 1
usageLocation: { default: NL }
removal: { mode: remove, grace: 0d }
rules:
  - name: nested
    memberOf: [SG-Rights]
    assign: [{ sku: EMS }]
  - name: direct
    when: 'user.memberOf -any (group.objectId -in ["${groupId}"])'
    assign: [{ sku: FLOW_FREE }]
`;
  const services: Services = {
    ...t.pipeline,
    settings: { ...t.pipeline.settings, permissions },
    cursors: makeMemoryCursors(t.now),
    directory,
    catalogue,
    policies,
    policy: makePolicySource({
      store: policies,
      file: { path: 'policy.yaml', read: async () => text },
      readCatalogue: async () => (await catalogue.read()).catalogue,
      clock: t.pipeline.clock,
      logger: makeRecordingLogger(),
      mayStore: true,
    }),
  };
  const user = toUserId(graph.newUser(properties));
  // Changing a client's roles ends the tokens of every client, so that the next request knows of it.
  const token = await fetchToken(graph, graph.clientId, graph.clientSecret);
  await graph.call(
    'POST',
    `/groups/${groupId}/members/$ref`,
    { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${user}` },
    { authorization: `Bearer ${token}` },
  );
  const hint = (source: 'delta' | 'operator') => ({
    ...t.hint({ source }),
    user: { id: user },
  });
  const decide = (given: ReturnType<typeof hint>) =>
    decideUser(
      services,
      t.task,
      { v: 1, hint: given, trace: {} },
      { queue: 'directory-changes', messageId: 'm', deliveryCount: 1 },
    );
  /** Handles everything that is queued or falls due within `ms`, with a delta round every 15 s as the timer has it. */
  const run = async (ms: number) => {
    for (const end = t.now() + ms; t.now() < end; t.advance(15_000)) {
      await walkDelta(services, t.task).catch(() => undefined);
      for (let due = t.sent.findIndex(isDue); due >= 0; due = t.sent.findIndex(isDue)) {
        const [next] = t.sent.splice(due, 1);
        if (next?.kind === 'hint') await decide(next.hint as ReturnType<typeof hint>);
        else if (next !== undefined) {
          const delivery = { queue: next.queue, messageId: 'm', deliveryCount: 1, sessionId: 'lane-00' };
          await applyToUser(services, t.task, next.message, delivery as Parameters<typeof applyToUser>[3]);
        }
      }
    }
  };
  const isDue = (one: (typeof t.sent)[number]) => one.kind === 'operation' || one.at <= t.now();
  const held = () => graph.engine.tenant.findUser(user)?.version.direct.length;
  const doctor = async () => {
    const findings = await checkGraph(services, async () => roles.held);
    return findings.filter(({ state }) => state === 'fail').map(({ text: said }) => said);
  };
  const pauses = async () => (await services.control.pauses()).map(({ reason }) => reason);
  return { t, hold, run, held, doctor, pauses, ask: () => decide(hint('operator')) };
}

/** The permissions that a text names. */
const named = (text: string) => [...new Set(text.match(/\b[A-Z]\w+\.(?:Read|ReadWrite|ReadBasic)\.All\b/g))];

let world: Awaited<ReturnType<typeof makeWorld>>;

describe('a user who holds by group, when a permission is taken away', () => {
  beforeEach(async () => {
    world = await makeWorld({}, 'license-only');
    await world.ask();
    await world.run(minute);
  });

  it.each(licenseOnly.filter((permission) => permission !== 'LicenseAssignment.ReadWrite.All'))(
    '%s: it is named within one round, doctor names it too, nothing is taken, and work goes on when it is back',
    async (permission) => {
      expect(world.held()).toBe(2);
      await world.hold(licenseOnly.filter((one) => one !== permission));
      world.t.advance(15_000);

      await world.ask();
      await world.run(15_000);
      const reasons = await world.pauses();
      const findings = await world.doctor();
      await world.run(20 * minute);
      const after = world.held();
      await world.hold(licenseOnly);
      await world.run(5 * minute);

      expect(reasons).toHaveLength(1);
      expect(named(reasons.join())).toEqual([permission]);
      expect(findings.map((text) => named(text))).toEqual([[permission]]);
      expect(after).toBe(2);
      expect(await world.pauses()).toEqual([]);
      expect(await world.doctor()).toEqual([]);
      expect(world.held()).toBe(2);
      expect(world.t.failures).toEqual([]);
      expect(world.t.state()).toMatchObject({
        outcome: expect.stringMatching(/^(licensed|nothing)$/),
        retry: null,
      });
    },
    120_000,
  );
});

describe('a joiner, when a permission to write is missing', () => {
  it.each([
    ['LicenseAssignment.ReadWrite.All', 'license-only', {}],
    ['User.ReadWrite.All', 'full', { usageLocation: null }],
  ] as const)(
    '%s: it is named within one round, doctor names it too, and the joiner is licensed when it is there',
    async (permission, mode, properties) => {
      world = await makeWorld(properties, mode);
      const all = mode === 'full' ? [...licenseOnly, 'User.ReadWrite.All'] : licenseOnly;
      await world.hold(all.filter((one) => one !== permission));

      await world.ask();
      await world.run(15_000);
      const reasons = await world.pauses();
      const findings = await world.doctor();
      await world.run(10 * minute);
      await world.hold(all);
      await world.run(5 * minute);

      expect(reasons).toHaveLength(1);
      expect(named(reasons.join())).toEqual([permission]);
      expect(findings.map((text) => named(text))).toEqual([[permission]]);
      expect(await world.pauses()).toEqual([]);
      expect(world.held()).toBe(2);
      expect(world.t.failures).toEqual([]);
    },
    120_000,
  );
});
