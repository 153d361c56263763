import { describe, expect, it } from '@jest/globals';
import { decided } from '../../support/decided';
import { makePipelineWorld, refusal } from '../../support/pipeline-world';

const hour = 3_600_000;

/** Handles messages that are due within `ms`; what is due later stays. */
async function runFor(t: ReturnType<typeof makePipelineWorld>, ms: number): Promise<void> {
  const until = t.now() + ms;
  for (;;) {
    const due = t.sent.findIndex((one) => one.kind === 'operation' || one.at <= until);
    if (due < 0) return;
    t.sent.unshift(...t.sent.splice(due, 1));
    await t.step();
  }
}

describe('what an instance has stored whose clock was an hour fast', () => {
  it('keeps no write from being finished when it crashed', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.advance(hour);
    t.world.beforeWrite = async () => {
      throw new Error('the process is killed here');
    };
    await expect(t.apply(operation)).rejects.toThrow('killed');
    t.world.beforeWrite = async () => undefined;
    t.advance(-hour);

    await t.apply(operation);

    expect(t.state()).toMatchObject({ outcome: 'licensed', intent: null });
  });

  it('puts off no look at a later change until its hour has come', async () => {
    const t = makePipelineWorld();
    t.world.policyText = `removal: { mode: remove, grace: 2d }\n${t.world.policyText}`;
    t.advance(hour);
    await t.decide();
    await runFor(t, 1_000);
    expect(t.state()?.outcome).toBe('licensed');
    t.advance(-hour + 60_000);
    t.world.user.properties['department'] = 'Legal';

    await t.decide(t.hint({ source: 'notification' }));
    await runFor(t, 30_000);

    expect(t.state()?.outcome).toBe('grace');
  });

  it('does not hide that a person took the license away again', async () => {
    const t = makePipelineWorld();
    t.advance(hour);
    await t.decide();
    await runFor(t, 1_000);
    t.advance(-hour + 60_000);
    t.world.user.assignments = [];

    await t.decide(t.hint({ source: 'operator' }));
    await runFor(t, 1_000);

    expect(t.writes).toHaveLength(2);
  });

  it('does not stop the product from trying its own pause', async () => {
    const t = makePipelineWorld();
    t.world.beforeRead = async () => {
      throw refusal('permission', 403);
    };
    t.advance(hour);
    await t.decide();
    expect(await t.pipeline.control.pauses()).toMatchObject([{ scope: 'intake' }]);
    t.world.beforeRead = async () => undefined;
    t.advance(-hour);

    await t.decide(t.hint({ source: 'operator' }));
    await runFor(t, 1_000);

    expect(t.state()?.outcome).toBe('licensed');
  });
});

describe('a hint whose sender’s clock is ahead', () => {
  it('is of now', async () => {
    const t = makePipelineWorld();

    await t.decide(t.hint({ seenAt: new Date(t.now() + hour).toISOString() }));

    expect(t.state()?.firstSeenAt).toBe(t.now());
  });
});
