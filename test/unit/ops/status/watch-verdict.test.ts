import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { observeVerdict, readVerdict } from '../../../../shared/ops/status/watch-verdict';
import { recordRound } from '../../../../shared/pipeline/intake/delta-round';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { makeRecordingLogger } from '../../../support/recording-logger';

const minute = 60_000;
const brokerAway = (async () => {
  throw new Error('the broker is away');
}) as () => never;
const inspector = new Proxy({} as QueueInspector, { get: () => brokerAway });

it('a verdict that is not licensing is a line of the log at every run, which the alert counts', async () => {
  const world = makePipelineWorld();
  const logger = makeRecordingLogger();
  const parts = {
    services: { ...world.pipeline, cursors: makeMemoryCursors(world.now) },
    inspector,
    quotaClosedUntil: async () => null,
    objective: minute,
  };

  await observeVerdict(parts, { logger });
  await observeVerdict(parts, { logger });

  const lines = logger.lines.filter(({ message }) => message === 'The verdict is not licensing');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ level: 'warn', fields: { verdict: expect.stringMatching(/^\w+$/) } });
  const alerts = JSON.parse(
    readFileSync(join(__dirname, '../../../../infra/modules/alerts.json'), 'utf8'),
  ) as { name: string; query: string }[];
  expect(alerts.find(({ name }) => name === 'verdict')?.query).toContain(`'${lines[0]?.message ?? ''}'`);
});

it('a good verdict is reported as one, also beside what is only to be known', async () => {
  const world = makePipelineWorld();
  const cursors = makeMemoryCursors(world.now);
  const services = { ...world.pipeline, cursors };
  await recordRound(services, null);
  const empty = { counts: async () => ({ active: 0, scheduled: 0, deadLettered: 0 }) };
  const observe = (one: QueueInspector) =>
    observeVerdict(
      {
        services,
        inspector: one,
        quotaClosedUntil: async () => null,
        objective: minute,
        counted: async () => ({
          ...{ waiting: [], failures: [], usersWithoutOutcome: 0, countedAt: world.now(), p95: null },
          minutes: 15,
          dismissed: { count: 3, since: null },
        }),
      },
      { logger: makeRecordingLogger() },
    );

  await observe(inspector);
  const { verdict } = await observe(empty as unknown as QueueInspector);

  expect(verdict).toBe('licensing');
  expect((await readVerdict(services))?.text).toBeNull();
});
