import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../../../shared/kernel/errors';
import { makeOpsWorld } from '../../support/ops-world';

const minute = 60_000;
type Body = { tenantCheckedAt: string; checks: { name: string; state: string; text: string }[] };

/** Where signing in to Graph fails, with words that a test sets. */
async function makeWorld() {
  const world = await makeOpsWorld();
  let looks = 0;
  let text = 'first';
  Object.assign(world.ops.doctor, {
    readClaims: async () => {
      looks++;
      throw new Error(text);
    },
  });
  const ask = async (method: 'GET' | 'POST') => {
    const { status, body } = await world.call('viewer', method, '/doctor', method === 'GET' ? undefined : {});
    expect(status).toBe(200);
    const { tenantCheckedAt, checks } = body as unknown as Body;
    return {
      ageMs: world.now() - Date.parse(tenantCheckedAt),
      signIn: checks.filter(({ name }) => name === 'graph sign-in').map((check) => check.text),
      names: checks.map(({ name }) => name),
      notLookedAt: checks
        .filter(({ state, text: said }) => state === 'warn' && said.startsWith('not looked at'))
        .map(({ name }) => name),
    };
  };
  return {
    ...world,
    ask,
    say: (words: string) => {
      text = words;
    },
    looks: () => looks,
  };
}

describe('the doctor, by the ops API', () => {
  it('gives what was last found of the tenant, with its age, and looks by itself after a quarter of an hour', async () => {
    const { ask, say, advance, looks } = await makeWorld();
    expect(await ask('GET')).toMatchObject({ ageMs: 0, signIn: ['first'] });

    say('second');
    advance(14 * minute);
    expect(await ask('GET')).toMatchObject({ ageMs: 14 * minute, signIn: ['first'] });
    expect(looks()).toBe(1);

    advance(minute);
    expect(await ask('GET')).toMatchObject({ ageMs: 0, signIn: ['second'] });
  });

  it('looks now when it is asked to, for who asks next as well', async () => {
    const { ask, say, advance } = await makeWorld();
    await ask('GET');
    say('second');
    advance(minute);

    expect(await ask('POST')).toMatchObject({ ageMs: 0, signIn: ['second'] });
    advance(minute);
    const next = await ask('GET');
    expect(next).toMatchObject({ ageMs: minute, signIn: ['second'] });
    // What may change at any time is of now, and no check is missing.
    expect(next.names).toEqual(expect.arrayContaining(['verdict', 'policy', 'queues', 'users', 'census']));
  });

  it('looks now where the kept findings are of the future, by a clock that was ahead', async () => {
    const { ask, say, advance } = await makeWorld();
    advance(60 * minute);
    await ask('GET');
    say('second');
    advance(-60 * minute);

    expect(await ask('GET')).toMatchObject({ ageMs: 0, signIn: ['second'] });
  });

  it('says which check the kept findings do not have', async () => {
    const { ask, ops } = await makeWorld();
    await ask('GET');
    const read = ops.doctor.checked.read.bind(ops.doctor.checked);
    Object.assign(ops.doctor.checked, {
      read: async (id: string) => {
        const stored = await read(id);
        if (stored === undefined) return stored;
        const { seats: _, ...checks } = stored.value.checks;
        return { ...stored, value: { ...stored.value, checks } };
      },
    });

    const { names, notLookedAt } = await ask('GET');

    expect(names).toContain('seats');
    expect(notLookedAt).toEqual(['seats']);
  });

  it('is answered by a look where the kept findings cannot be read or kept', async () => {
    const { ask, ops } = await makeWorld();
    const away = () => Promise.reject(new TransientError('store/unavailable', 'away'));
    Object.assign(ops.doctor.checked, { read: away });
    await expect(ask('GET')).resolves.toMatchObject({ signIn: ['first'] });
  });
});
