import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { toUserId } from '../../../shared/kernel/ids';
import { makeOpsWorld, people } from '../../support/ops-world';
import { makePipelineWorld } from '../../support/pipeline-world';

const ids = [1, 2, 3].map((number) => toUserId(`aaaaaaaa-0000-4000-8000-00000000000${String(number)}`));
const names = new Map([
  ['ann@contoso.com', ids[0]],
  ['bob@contoso.com', ids[1]],
]);
/** As the token of an HR system's own identity reads. */
const hrSystem = {
  scp: undefined,
  azp: 'hr-system',
  sub: people.operator.oid,
  preferred_username: undefined,
};

let own: Awaited<ReturnType<typeof makeOpsWorld>>;
let world: ReturnType<typeof makePipelineWorld>;
beforeEach(async () => {
  world = makePipelineWorld();
  const directory = {
    ...world.pipeline.directory,
    findUser: async (reference: string) => {
      const id = names.get(reference) ?? ids.find((one) => one === reference);
      return id === undefined ? undefined : { user: { id } };
    },
  } as unknown as typeof world.pipeline.directory;
  own = await makeOpsWorld({}, { directory }, {}, world);
});

const apply = async (body: unknown, key = randomUUID(), roles: readonly string[] = ['Operator']) => {
  const bearer = await own.token('operator', { ...hrSystem, roles });
  return own.call('operator', 'POST', '/users/apply', body, { bearer, headers: { 'idempotency-key': key } });
};
const queued = () =>
  world.sent.flatMap((one) => (one.kind === 'hint' ? [[one.hint.user.id, one.hint.source]] : []));

describe('users whom another system brings by HTTP', () => {
  it('are queued by name or id, one or a list, and who is not known is named', async () => {
    const answer = await apply({ users: ['ann@contoso.com', ids[2], 'unknown@contoso.com'], why: 'hired' });

    expect(answer).toMatchObject({
      status: 200,
      body: { queued: 2, users: [ids[0], ids[2]], unknown: ['unknown@contoso.com'], crowd: false },
    });
    expect(queued()).toEqual([
      [ids[0], 'operator'],
      [ids[2], 'operator'],
    ]);
  });

  it('are queued once for a key, however often the call is repeated, and audited as the application', async () => {
    const key = randomUUID();
    const first = await apply({ users: ['bob@contoso.com'], why: 'hired' }, key);
    const again = await apply({ users: ['bob@contoso.com'], why: 'hired' }, key);

    expect(again.body).toEqual(first.body);
    expect(queued()).toEqual([[ids[1], 'operator']]);
    expect(own.audit).toMatchObject([
      { action: 'user/apply', subject: ids[1], by: 'hr-system', byId: people.operator.oid, result: 'done' },
    ]);
  });

  it.each([
    ['without the role', ['Viewer'], { users: ['ann@contoso.com'] }, 'ops/role-missing'],
    ['that are none', ['Operator'], { users: [] }, 'ops/input'],
    ['that are too many', ['Operator'], { users: Array.from({ length: 10_001 }, () => 'x') }, 'ops/input'],
  ])('are refused %s, and nothing is queued', async (_what, roles, body, code) => {
    const answer = await apply(body, randomUUID(), roles);

    expect(answer.body['code']).toBe(code);
    expect(queued()).toEqual([]);
  });
});

describe('rotating the client state', () => {
  const rotate = (person: 'operator' | 'viewer') => own.call(person, 'POST', '/subscription/rotate', {});

  it('is refused where the app uses no notifications, and to who may only look', async () => {
    expect(await rotate('operator')).toMatchObject({ body: { code: 'ops/no-notifications' } });
    expect((await rotate('viewer')).status).toBe(403);
  });

  it('gives the next generation, once for a call, and is audited', async () => {
    Object.assign(own.ops.services.settings, {
      notificationUrl: 'https://app/1',
      clientState: { reveal: () => 'secret' },
    });

    const answers = [await rotate('operator'), await rotate('operator')];

    expect(answers.map(({ body }) => body)).toEqual([
      { rotated: true, generation: 1 },
      { rotated: true, generation: 2 },
    ]);
    const action = 'subscription/rotate';
    const entries = own.audit.map(({ result, facts, ...entry }) => ({ ...entry, result, ...facts }));
    expect(entries).toHaveLength(2);
    for (const generation of [1, 2])
      expect(entries).toContainEqual(
        expect.objectContaining({ action, subject: 'client state', result: 'done', generation }),
      );
    expect(JSON.stringify(own.audit)).not.toContain('secret');
  });
});
