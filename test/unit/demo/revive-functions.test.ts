import { describe, expect, it } from '@jest/globals';
import { makeReviver } from '../../../demo/revive-functions';

function makeWorld(restart: () => Promise<void> = async () => undefined) {
  const said: string[] = [];
  const world = { now: 0, restarts: 0, givenUp: 0, said };
  const revive = makeReviver({
    restart: () => {
      world.restarts += 1;
      return restart();
    },
    now: () => world.now,
    say: (text) => void said.push(text),
    giveUp: () => {
      world.givenUp += 1;
    },
  });
  const end = (name: string) => revive({ name, pid: 1, code: null, signal: 'SIGKILL' });
  return { world, end };
}

describe('makeReviver', () => {
  it('starts a killed functions host again, as often as it takes', async () => {
    const { world, end } = makeWorld();

    await end('functions');
    world.now += 10_000;
    await end('functions');

    expect(world).toMatchObject({ restarts: 2, givenUp: 0 });
    expect(world.said[0]).toBe('functions ended by itself (SIGKILL); starting it again.');
  });

  it('gives up on a host that ends again at once, and says why', async () => {
    const { world, end } = makeWorld();

    await end('functions');
    world.now += 9_999;
    await end('functions');

    expect(world).toMatchObject({ restarts: 1, givenUp: 1 });
    expect(world.said.at(-1)).toBe(
      'functions ended by itself (SIGKILL) within 10 s of being started again; stopping the rest.',
    );
  });

  it('gives up on a host that does not start', async () => {
    const { world, end } = makeWorld(() => Promise.reject(new Error('port taken')));

    await end('functions');

    expect(world).toMatchObject({ restarts: 1, givenUp: 1 });
  });

  it.each(['graph', 'serviceBus', 'tables'])('ends everything with %s', async (name) => {
    const { world, end } = makeWorld();

    await end(name);

    expect(world).toMatchObject({ restarts: 0, givenUp: 1 });
  });
});
