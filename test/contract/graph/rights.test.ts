import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { graphCalls } from '../../../shared/graph/permissions';
import { activatePolicy } from '../../../shared/ops/rollouts/activate-policy';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import { makeGraphWorld } from '../../support/graph/graph-world';
import type { GraphWorld } from '../../support/graph/graph-world';

/** What docs/permissions.md grants; `User.ReadWrite.All` would open much of what the others do, so it has its own case. */
const licenseOnly: readonly string[] = [...new Set(graphCalls.map(({ permission }) => permission))].filter(
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

/** The permissions that a text names. */
const named = (text: string) => [...new Set(text.match(/\b[A-Z]\w+\.(?:Read|ReadWrite|ReadBasic)\.All\b/g))];

let world: GraphWorld;

describe('a user who holds by group, when a permission is taken away', () => {
  beforeEach(async () => {
    world = await makeGraphWorld(graph, { groupId, roles: licenseOnly });
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
  );
});

it('every permission of docs/permissions.md is taken away in one of these cases', () => {
  const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'permissions.md'), 'utf8');
  const granted = [...page.matchAll(/^\| `([A-Z]\w+(?:\.\w+)+)` \| `[0-9a-f-]{36}` \|/gm)].map(
    ([, name]) => name,
  );

  expect(granted.length).toBeGreaterThan(4);
  expect(granted.sort()).toEqual([...licenseOnly, 'User.ReadWrite.All'].sort());
});

it('a policy that needs what is missing is not activated, and the permission is named', async () => {
  const without = licenseOnly.filter((one) => one !== 'GroupMember.ReadBasic.All');
  world = await makeGraphWorld(graph, { groupId, roles: without });
  await world.services.policy.current();
  const text = `version: 1
usageLocation: { default: NL }
rules:
  - name: direct
    when: 'user.memberOf -any (group.objectId -in ["${groupId}"])'
    assign: [{ sku: EMS }]
`;
  const operator = { by: 'ada', why: 'a test' };
  const activation = activatePolicy(world.services, { text, file: 'next.yaml' }, operator);

  await expect(activation).rejects.toMatchObject({
    code: 'policy/rights',
    details: { missing: ['GroupMember.ReadBasic.All'] },
  });
  expect((await world.services.policies.pointer()).candidate).toBeNull();
});

describe('a joiner, when a permission to write is missing', () => {
  it.each([
    ['LicenseAssignment.ReadWrite.All', 'license-only', {}, 'apply'],
    // Who has a location is licensed all the same.
    ['User.ReadWrite.All', 'full', { usageLocation: null }, 'location'],
  ] as const)(
    '%s: it is named within one round, doctor names it too, and the joiner is licensed when it is there',
    async (permission, mode, properties, scope) => {
      const all = mode === 'full' ? [...licenseOnly, 'User.ReadWrite.All'] : licenseOnly;
      world = await makeGraphWorld(graph, { groupId, roles: all, properties, permissions: mode });
      await world.hold(all.filter((one) => one !== permission));

      await world.ask();
      await world.run(15_000);
      const reasons = await world.pauses();
      const scopes = (await world.t.pipeline.control.pauses()).map((pause) => pause.scope);
      const findings = await world.doctor();
      await world.run(10 * minute);
      await world.hold(all);
      await world.run(5 * minute);

      expect(reasons).toHaveLength(1);
      expect(scopes).toEqual([scope]);
      expect(named(reasons.join())).toEqual([permission]);
      expect(findings.map((text) => named(text))).toEqual([[permission]]);
      expect(await world.pauses()).toEqual([]);
      expect(world.held()).toBe(2);
      expect(world.t.failures).toEqual([]);
    },
  );
});
