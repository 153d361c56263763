import type { HttpRequest, InvocationContext } from '@azure/functions';
import { expect, it } from '@jest/globals';
import { checkHealth, toPublicHealth } from '../../../shared/ops/doctor/check-health';
import { makeHealthTrigger } from '../../../shared/triggers/health-trigger';
import { UserError } from '../../../shared/kernel/errors';
import { makePipelineWorld } from '../../support/pipeline-world';

// The function is anonymous: the availability test and everyone else may call it.
it('health says that the policy can be used, and not which policy that is', async () => {
  const world = makePipelineWorld();
  const { hash, mode, rules } = await world.pipeline.policy.current();

  const health = await checkHealth(async () => world.pipeline);

  expect(health.checks).toContainEqual({ name: 'policy', ok: true, text: 'usable' });
  const told = JSON.stringify(health);
  expect(told).not.toContain(hash.slice(0, 6));
  expect(told).not.toContain(mode);
  for (const { name } of rules) expect(told).not.toContain(name);
});

it('health still fails, and says where, when there is no usable policy', async () => {
  const world = makePipelineWorld();
  world.world.policyText = 'version: 1\nrules:\n  - name: a\n    asign: []\n';

  const health = await checkHealth(async () => world.pipeline);

  expect(health.ok).toBe(false);
  expect(health.checks).toContainEqual(expect.objectContaining({ name: 'policy', ok: false }));
});

it.each(['tables', 'policy', 'start'])('health answers in time while this hangs: %s', async (what) => {
  const world = makePipelineWorld();
  const hang = () => new Promise<never>(() => undefined);
  const pipeline = {
    ...world.pipeline,
    cursors: { read: what === 'tables' ? hang : async () => ({ etag: null, value: null, updatedAt: null }) },
    ...(what === 'policy' ? { policy: { current: hang } } : {}),
  } as unknown as typeof world.pipeline;
  const slept: number[] = [];
  const clock = {
    now: () => 0,
    // The limit passes as soon as everything that does answer has answered.
    sleep: async (ms: number) => {
      slept.push(ms);
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    },
  };

  const health = await checkHealth(what === 'start' ? hang : async () => pipeline, clock);

  expect(health.ok).toBe(false);
  expect(health.checks).toContainEqual({ name: what, ok: false, text: 'There was no answer in time.' });
  expect(slept).toEqual([4_000]);
});

it.each<[string, string, (world: ReturnType<typeof makePipelineWorld>) => object]>([
  [
    'a refused table',
    'tables',
    () => ({ cursors: { read: () => Promise.reject(new Error('KEY=abc refused')) } }),
  ],
  [
    'a policy that cannot be read',
    'policy',
    () => ({ policy: { current: () => Promise.reject(new Error('KEY=abc')) } }),
  ],
  [
    'rounds that have stopped',
    'changes',
    ({ now }) => ({
      cursors: {
        read: async () => ({
          etag: 'e',
          value: JSON.stringify({ workedAt: now() - 86_400_000, failingSince: null, error: 'KEY=abc' }),
          updatedAt: now() - 86_400_000,
        }),
      },
    }),
  ],
])('health names the part alone: %s', async (_what, part, changes) => {
  const world = makePipelineWorld();

  const health = await checkHealth(async () => ({ ...world.pipeline, ...changes(world) }));
  const told = toPublicHealth(health);

  expect(told.ok).toBe(false);
  expect(told.checks).toContainEqual({ name: part, ok: false });
  expect(JSON.stringify(told)).not.toMatch(/KEY|abc|refused/);
});

it('health says to anybody which part is not well, and nothing of why', async () => {
  const world = makePipelineWorld();
  world.world.policyText = 'version: 1\nrules:\n  - name: a\n    asign: []\n';
  const broken = async () => {
    throw new UserError('config/invalid', 'LICENSER_GRAPH_ORIGIN http://10.0.0.1 is wrong', {
      hint: 'See docs.',
    });
  };

  const [policy, settings] = await Promise.all([
    checkHealth(async () => world.pipeline),
    checkHealth(broken),
  ]);

  expect(JSON.stringify(policy)).toContain('asign');
  expect(JSON.stringify(toPublicHealth(policy))).not.toMatch(/asign|policy\.yaml/);
  expect(toPublicHealth(policy).checks).toContainEqual({ name: 'policy', ok: false });
  expect(toPublicHealth(settings)).toEqual({
    ok: false,
    checks: [{ name: 'settings', ok: false }],
    deltaPositionAt: null,
    verdict: null,
  });
});

it('health logs once a minute what is not well, however often a stranger asks', async () => {
  const t = { now: 0, checks: ['policy', 'tables'] };
  const check = async () => ({
    ok: false,
    checks: t.checks.map((name) => ({ name, ok: false, text: 'away' })),
    deltaPositionAt: null,
    verdict: null,
  });
  const logged: string[] = [];
  const context = {
    invocationId: 'i',
    functionName: 'health',
    error: (line: string) => void logged.push(line),
  } as unknown as InvocationContext;
  const build = async () => makePipelineWorld().pipeline;
  const ask = makeHealthTrigger(build, { clock: { now: () => t.now }, check });
  const request = {} as HttpRequest;

  for (let call = 0; call < 20; call++) expect((await ask(request, context)).status).toBe(503);
  expect(logged).toHaveLength(2);
  t.now = 59_999;
  t.checks.push('changes');
  await ask(request, context);
  expect(logged).toHaveLength(3);
  t.now = 60_000;
  await ask(request, context);
  expect(logged).toHaveLength(5);
});
