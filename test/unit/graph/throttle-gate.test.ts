import { describe, expect, it } from '@jest/globals';
import { ThrottleGate } from '../../../shared/graph/throttle-gate';
import { ManualClock } from '../../support/manual-clock';

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('ThrottleGate', () => {
  it('lets through at once while no call was throttled', async () => {
    const clock = new ManualClock();

    await new ThrottleGate(clock, () => 0).pass();

    expect(clock.sleeping).toBe(0);
  });

  it('waits however long it was told to, and longer when it is told again meanwhile', async () => {
    const clock = new ManualClock();
    const gate = new ThrottleGate(clock, () => 0);
    gate.pause(600_000);
    let passed = false;
    const passing = gate.pass().then(() => (passed = true));

    clock.advance(599_999);
    await settled();
    gate.pause(5_000);
    clock.advance(1);
    await settled();
    const passedEarly = passed;
    clock.advance(5_000);
    await passing;

    expect(passedEarly).toBe(false);
    expect(gate.remainingMs()).toBe(0);
  });

  it('is not shortened by a smaller order', () => {
    const gate = new ThrottleGate(new ManualClock(), () => 0);

    gate.pause(10_000);
    gate.pause(1_000);

    expect(gate.remainingMs()).toBe(10_000);
  });

  it('lets a caller give up', async () => {
    const gate = new ThrottleGate(new ManualClock(), () => 0);
    gate.pause(10_000);
    const caller = new AbortController();

    const passing = gate.pass(caller.signal);
    caller.abort(new Error('enough'));

    await expect(passing).rejects.toThrow('enough');
  });
});
