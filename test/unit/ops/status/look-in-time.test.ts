import { expect, it } from '@jest/globals';
import { timing } from '../../../../shared/kernel/timing';
import { lookInTime } from '../../../../shared/ops/status/look-in-time';
import { ManualClock } from '../../../support/manual-clock';

it('a look that takes its time is not waited for, and no second one begins beside it', async () => {
  const clock = new ManualClock();
  const store = {};
  let looks = 0;
  let end = () => {};
  const look = async () => {
    looks += 1;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  };
  for (let minutes = 0; minutes < 2; minutes++) {
    const waiting = lookInTime(store, look, clock);
    clock.advance(timing.ops.tenantLook.ms);
    await waiting;
  }
  expect(looks).toBe(1);

  const last = lookInTime(store, look, clock);
  end();
  await last;
  const next = lookInTime(store, look, clock);
  end();
  await next;
  expect(looks).toBe(2);
});
