import { describe, expect, it } from '@jest/globals';
import { dismissFailures, restoreFailures } from '../../../../shared/ops/failures/dismiss-failures';
import { replayFailures } from '../../../../shared/ops/failures/replay-failures';
import { failuresOf } from '../../../../shared/ops/failures/select-failures';
import type { QueueInspector } from '../../../../shared/queue/queue-inspector';
import type { Failure } from '../../../../shared/words/failure';
import { makeFailingPorts } from '../../../support/faults/failing-ports';
import type { Faults } from '../../../support/faults/failing-ports';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { userId, userState } from '../../../support/user-states';

const inspector = { deadLetters: async () => [] } as unknown as QueueInspector;
const ada = { by: 'ada', why: 'repaired' };
const ofClass = { kind: 'class', class: 'permission' } as const;

const failure = (number: number, state: Failure['state']): Failure => ({
  ...{ subject: userId(number), class: 'permission', state },
  ...{ reason: { code: 'graph/permission', text: 'No.' }, suggestedRepair: 'Grant it.' },
  ...{ firstAt: 1_000, lastAt: 1_000, count: 1, facts: {} },
});

/** Failures in a map, and a queue that is a list. */
function worldWith(failures: readonly Failure[], faults?: Faults) {
  const { pipeline, sent, audit } = makePipelineWorld();
  const rows = new Map(failures.map((one) => [one.subject, one]));
  const move = async (subject: string, from: readonly string[], to: Failure['state']) => {
    const found = rows.get(subject);
    if (found === undefined || !from.includes(found.state)) return false;
    rows.set(subject, { ...found, state: to });
    return true;
  };
  const store = {
    async *list(state: string) {
      yield* [...rows.values()].filter((one) => one.state === state);
    },
    ofSubject: async (subject: string) => [...rows.values()].filter((one) => one.subject === subject),
    dismiss: ({ subject }: Failure) => move(subject, ['open'], 'dismissed'),
    restore: ({ subject }: Failure) => move(subject, ['dismissed', 'replayed'], 'open'),
    markReplayed: ({ subject }: Failure) => move(subject, ['open', 'dismissed'], 'replayed'),
  };
  const ports = {
    failures: store,
    queues: pipeline.queues,
    audit: pipeline.audit,
    rollouts: pipeline.rollouts,
  };
  const { failing } = makeFailingPorts(faults);
  const failingPorts = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, failing(port)]));
  const of = (given: object) =>
    ({ ...pipeline, ...given }) as unknown as Parameters<typeof replayFailures>[0];
  const stateOf = (number: number) => rows.get(userId(number))?.state;
  const heard = () => sent.flatMap((one) => (one.kind === 'hint' ? [one.hint.user.id] : []));
  return { services: of(ports), failing: of(failingPorts), stateOf, heard, audit };
}

describe('a replay that is killed at any step', () => {
  it.each([false, true])(
    'takes no failure off the list whose user is not looked at (answer lost: %s)',
    async (after) => {
      let at = 1;
      for (; ; at++) {
        const faults = { at, after, calls: 0 };
        const world = worldWith([failure(1, 'open'), failure(2, 'open')], faults);

        await replayFailures(world.failing, inspector, ofClass, ada).catch((error: Error) =>
          expect(error.message).toBe('killed'),
        );

        for (const number of [1, 2]) {
          const isSettled = world.stateOf(number) !== 'open';
          expect([at, number, isSettled && !world.heard().includes(userId(number))]).toEqual([
            at,
            number,
            false,
          ]);
        }
        if (faults.calls < at) break;
      }
      expect(at).toBeGreaterThan(5);
    },
  );

  it('and that ends has settled all, once', async () => {
    const world = worldWith([failure(1, 'open'), failure(2, 'open')]);

    const replayed = await replayFailures(world.services, inspector, ofClass, ada);

    expect(replayed).toMatchObject({ users: [userId(1), userId(2)], rollout: null, already: [] });
    expect([1, 2].map(world.stateOf)).toEqual(['replayed', 'replayed']);
    expect(world.heard()).toEqual([userId(1), userId(2)]);
    expect(world.audit).toHaveLength(1);
  });
});

describe('failures that were dismissed', () => {
  it('are open again when they are restored, and only those', async () => {
    const world = worldWith([failure(1, 'open'), failure(2, 'open')]);
    const only = { kind: 'subjects', subjects: [userId(1)] } as const;

    await dismissFailures(world.services, inspector, only, ada);
    expect([1, 2].map(world.stateOf)).toEqual(['dismissed', 'open']);
    const { changed } = await restoreFailures(world.services, inspector, ofClass, ada);

    expect(changed).toEqual([{ subject: userId(1), class: 'permission' }]);
    expect([1, 2].map(world.stateOf)).toEqual(['open', 'open']);
  });
});

it('a failure without a name has that of its user', async () => {
  const users = {
    read: async () => ({ state: { ...userState(), userPrincipalName: 'two@contoso.com' } }),
  };
  const { services } = worldWith([failure(2, 'open')]);

  const views = await failuresOf({ ...services, users } as never, [], userId(2));

  expect(views).toMatchObject([{ subject: userId(2), userPrincipalName: 'two@contoso.com' }]);
});
