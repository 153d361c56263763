import { makeGraphDirectory } from '../../../shared/graph/graph-directory';
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
import { fetchToken } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeMemoryCursors } from '../memory/memory-cursors';
import { makeMemoryPolicies } from '../memory/memory-stores';
import { makePipelineWorld } from '../pipeline-world';
import { makeRecordingLogger } from '../recording-logger';

export type GraphWorldOptions = {
  readonly groupId: string;
  /** Application permissions of the product's client. */
  readonly roles: readonly string[];
  readonly properties?: Record<string, unknown>;
  readonly permissions?: 'license-only' | 'full';
};
export type GraphWorld = Awaited<ReturnType<typeof makeGraphWorld>>;

/** The product's own handlers and directory over the embedded Graph, with one user; the clock is the test's. */
export async function makeGraphWorld(
  graph: EmbeddedGraph,
  { groupId, roles: granted, properties = {}, permissions = 'license-only' }: GraphWorldOptions,
) {
  const t = makePipelineWorld();
  const roles = { held: [...granted] };
  const clientId = `rights-${String(graph.engine.random())}`;
  await graph.local('POST', '/clients', { clientId, clientSecret: 's', roles: roles.held });
  const hold = async (held: readonly string[]) => {
    roles.held = [...held];
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
      directory,
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
  const hint = (source: 'delta' | 'notification' | 'operator') => ({
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
  /** Handles everything that is queued or falls due within `ms`, with a delta round every `stepMs`, 15 s as the timer has it. */
  const run = async (ms: number, stepMs = 15_000) => {
    for (const end = t.now() + ms; t.now() < end; t.advance(stepMs)) {
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
  return {
    t,
    user,
    services,
    hold,
    run,
    held,
    doctor,
    pauses,
    ask: () => decide(hint('operator')),
    hear: (source: 'delta' | 'notification') => decide(hint(source)),
  };
}
