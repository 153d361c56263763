import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { masterKey, readJournal, waitFor } from '../support/host-process';
import type { HostProcess } from '../support/host-process';
import { startOrderWorld, toMessage } from '../support/order-world';
import type { OrderWorld } from '../support/order-world';

let world: OrderWorld;

beforeAll(async () => {
  world = await startOrderWorld();
});
afterAll(() => world?.stop());

describe('the broker goes away', () => {
  it('in the middle of work: it is said once, and work resumes soon after its return, every time', async () => {
    for (const round of [1, 2, 3]) {
      const before = world.host.lines.length;
      const load = Array.from({ length: 60 }, (_, at) => ({ id: `load-${round}-${at}`, waitMs: 5 }));
      await world.send('plain', ...load.map((order) => toMessage(order)));
      await world.send(
        'lanes',
        ...load.map((order, at) => toMessage(order, { sessionId: `load-${at % 8}` })),
      );
      await waitFor('work', async () =>
        (await world.runsOf(`load-${round}-8`)).length > 0 ? true : undefined,
      );

      await world.broker.process.kill('SIGKILL');
      await world.broker.process.start();
      const back = Date.now();
      await world.send('plain', toMessage({ id: `plain-${round}` }));
      await world.send('lanes', toMessage({ id: `lane-${round}` }, { sessionId: 'after' }));
      await world.whenDone(`plain-${round}`, `lane-${round}`);

      // Without a new client some of its promises stay pending for up to a minute.
      expect(Date.now() - back).toBeLessThan(50_000);
      const outages = world.host.lines.slice(before).filter((line) => line.includes('cannot be reached'));
      expect(outages).toHaveLength(2);
    }
    expect(world.host.unexpectedExits).toEqual([]);
  });
});

describe('a host that is stopped', () => {
  it('finishes what it has in hand, and gives it back: as in Azure it comes once more', async () => {
    const second = await world.startQueueHost();
    await second.process.stop();
    await world.host.process.stop();
    await world.send('plain', toMessage({ id: 'left-alone' }));
    const third = await world.startQueueHost();
    await waitFor('the message', async () =>
      (await world.runsOf('left-alone', third)).length > 0 ? true : undefined,
    );
    await world.send('plain', toMessage({ id: 'in-hand', waitMs: 800 }));
    await waitFor('it to run', async () =>
      (await world.runsOf('in-hand', third)).length > 0 ? true : undefined,
    );

    await third.process.stop();

    expect(await world.ordersIn('plain')).toEqual(['in-hand']);
    const fourth = await world.startQueueHost();
    const [again] = await waitFor('it to come again', async () => {
      const runs = await world.runsOf('in-hand', fourth);
      return runs.length > 0 ? runs : undefined;
    });
    expect(again?.metadata).toMatchObject({ deliveryCount: 2 });
    await world.whenSettled('plain', 'in-hand');
    await fourth.process.stop();
  });

  it('may be drained before: it takes nothing more, and keeps the lane of what still runs', async () => {
    const [drained, other] = [await world.startQueueHost(), await world.startQueueHost()];
    const admin = async (host: HostProcess, method: string, path: string) => {
      const answer = await fetch(`${host.origin}${path}`, {
        method,
        headers: { 'x-functions-key': masterKey },
      });
      return { status: answer.status, body: await answer.text() };
    };
    const lane = { sessionId: 'drained' };
    await world.send(
      'lanes',
      toMessage({ id: 'held', waitMs: 1_900 }, lane),
      toMessage({ id: 'behind' }, lane),
    );
    const holder = await waitFor('a host to have it', async () => {
      for (const one of [drained, other]) if ((await world.runsOf('held', one)).length > 0) return one;
      return undefined;
    });
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toMatchObject({
      state: 'Disabled',
    });
    expect((await admin(holder, 'POST', '/admin/host/drain')).status).toBe(202);
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toEqual({
      state: 'InProgress',
      outstandingInvocations: 1,
      outstandingRetries: 0,
    });

    const rest = holder === drained ? other : drained;
    await waitFor('the lane to go on', async () =>
      (await world.runsOf('behind', rest)).length > 0 ? true : undefined,
    );

    // What ran to its end in the drained host is given back, so it comes again in front of what waits behind it.
    expect((await world.runsOf('held', rest))[0]?.metadata).toMatchObject({ deliveryCount: 2 });
    expect((await readJournal(holder)).map(({ done }) => done)).toContain('held');
    expect(JSON.parse((await admin(holder, 'GET', '/admin/host/drain/status')).body)).toMatchObject({
      state: 'Completed',
    });
    await Promise.all([drained.process.stop(), other.process.stop()]);
  });
});
