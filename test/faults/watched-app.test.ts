import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../shared/kernel/ids';
import { timing } from '../../shared/kernel/timing';
import { joiner } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { startScriptedGraph } from '../support/scripted-graph';
import type { ScriptedGraph } from '../support/scripted-graph';
import { startOtlpReceiver } from '../support/clouds/start-otlp-receiver';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

const person = (name: string) => joiner(name, { usageLocation: 'NL', onPremisesSyncEnabled: true });

const readOnly = ['LicenseAssignment.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Group.Read.All'];

/** The built app with a webhook and a telemetry receiver. */
describe('an app that is watched', () => {
  let test: TestCloud;
  let hook: ScriptedGraph;
  let otlp: Awaited<ReturnType<typeof startOtlpReceiver>>;
  beforeAll(async () => {
    hook = await startScriptedGraph();
    hook.script = () => ({ status: 204 });
    otlp = await startOtlpReceiver();
    test = await startTestCloud({
      settings: {
        LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
        // The verdict is among what the webhook is told.
        LICENSER_OBSERVE_SCHEDULE: '*/1 * * * * *',
        LICENSER_WEBHOOK_URL: `${hook.origin}/TOPSECRET`,
        LICENSER_WEBHOOK_SECRET: 'a-secret-of-this-test',
        OTEL_EXPORTER_OTLP_ENDPOINT: otlp.endpoint,
        OTEL_METRIC_EXPORT_INTERVAL: '500',
      },
    });
  });
  afterAll(async () => {
    await test?.stop();
    await otlp?.close();
    await hook?.close();
  });

  const outcomeOf = async (id: string) => (await test.stores.users.read(toUserId(id))).state?.outcome;
  const events = () => hook.seen.map(({ body }) => body as { event: string; subject: string; count: number });
  const told = (kind: string) => events().filter(({ event }) => event === kind);

  it('exports metrics that are there at zero before anything has happened', async () => {
    const [first] = await waitUntil('an export', async () => {
      const exports = otlp.metrics();
      return exports.length > 0 && exports;
    });
    // Levels are read from the tables: an export does not wait for them longer than 2 s.
    const levels = await waitUntil('an export with levels', async () =>
      otlp.metrics().find((series) => series['licenser.waiting{}'] !== undefined),
    );

    expect(first).toMatchObject({
      'licenser.outcomes{licensed}': 0,
      'licenser.writes{}': 0,
      'licenser.graph.refusals{permission}': 0,
      'licenser.failures{crash}': 0,
    });
    expect(levels).toMatchObject({ 'licenser.pauses{}': 0, 'licenser.waiting{}': 0 });
    expect(levels['licenser.quota.rate{}']).toBeGreaterThan(0);
  });

  it('follows one user through both queues in one trace, and times the way', async () => {
    const [user] = await test.bring([person('tracy')]);
    const id = user?.id ?? '';
    await waitUntil('the user is licensed', async () => (await outcomeOf(id)) === 'licensed');

    const write = await waitUntil('the write is exported', async () =>
      otlp
        .spans()
        .find(
          ({ name, attributes }) =>
            name === 'graph assignLicense' && attributes?.some(({ value }) => value.stringValue === id),
        ),
    );
    const trace = await waitUntil('its trace is whole', async () => {
      const spans = otlp.spans().filter(({ traceId }) => traceId === write.traceId);
      const isWhole = ['directory-changes process', 'license-changes process'].every((way) =>
        spans.some(({ name }) => name === way),
      );
      return isWhole && spans;
    });
    const above: string[] = [];
    for (let span = trace.find(({ spanId }) => spanId === write.parentSpanId); span !== undefined;) {
      above.push(span.name);
      const parent = span.parentSpanId;
      span = trace.find(({ spanId }) => spanId === parent);
    }
    expect(above.slice(0, 2)).toEqual(['license-changes process', 'directory-changes process']);

    const counted = await waitUntil('it is counted', async () =>
      otlp.metrics().find((series) => (series['licenser.outcomes{licensed}'] ?? 0) >= 1),
    );
    expect(counted['licenser.writes{}']).toBe(1);
    const samples = [];
    for await (const sample of test.stores.times.list(Date.now() - 3_600_000, Date.now()))
      samples.push(sample);
    expect(samples.filter(({ userId }) => userId === id)).toHaveLength(1);
  });

  it('pauses writes when the app may not, tells it once, and goes on by itself when it may', async () => {
    const { origin, clientId } = test.cloud.file.graph;
    const setRoles = async (roles: readonly string[]) => {
      const answer = await fetch(`${origin}/_local/clients/${clientId}`, {
        method: 'PATCH',
        headers: controlHeaders(test.cloud.file.graph),
        body: JSON.stringify({ roles }),
      });
      expect(answer.status).toBe(200);
      // Rights are in the token, which the process keeps until it expires.
      await test.cloud.processes.functions.kill('SIGKILL');
      await test.cloud.processes.functions.restart();
    };
    await setRoles(readOnly);
    // Within this time of another user's license a refusal would be taken for the user's own.
    await waitUntil('the last success is no evidence any more', async () => {
      const last = (await test.stores.control.lastSuccess('apply')) ?? 0;
      return Date.now() - last > timing.pauses.successRecent.ms;
    });

    const users = await test.bring(Array.from({ length: 6 }, (_, index) => person(`parked-${index}`)));
    await waitUntil('writes are paused', async () => (await test.stores.control.pauses()).length > 0);
    await waitUntil('every user waits for the permission', async () => {
      const rows = await Promise.all(users.map(({ id }) => test.stores.users.read(toUserId(id))));
      return rows.every(({ state }) => ['paused', 'permission'].includes(state?.retry?.key ?? ''));
    });

    expect(await test.stores.control.pauses()).toMatchObject([{ scope: 'apply', origin: 'permission' }]);
    const open = [];
    for await (const failure of test.stores.failures.list('open')) open.push(failure);
    expect(open).toEqual([]);
    await waitUntil('the webhook is told', async () =>
      told('verdict').some(({ subject }) => subject === 'stopped'),
    );
    expect(told('paused')).toMatchObject([{ subject: 'apply', count: 1 }]);
    expect(hook.seen[0]?.headers['x-licenser-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);

    // All that docs/permissions.md asks for.
    await setRoles([...readOnly, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All']);
    // As if an hour had passed: the next look of a parked user may try it.
    const [pause] = await test.stores.control.pauses();
    if (pause !== undefined && (await test.stores.control.resume('apply'))) {
      await test.stores.control.pause({ ...pause, at: pause.at - 3_600_000, probedAt: null });
    }
    await waitUntil(
      'everybody is licensed',
      async () =>
        (await Promise.all(users.map(({ id }) => outcomeOf(id)))).every((one) => one === 'licensed'),
      200_000,
    );
    expect(await test.stores.control.pauses()).toEqual([]);
    await waitUntil('the webhook is told', async () => told('resumed').length > 0);
    expect(told('paused')).toHaveLength(1);
    expect(test.lines.join('\n')).not.toContain('TOPSECRET');
  });
});
