import { describe, expect, it } from '@jest/globals';
import { PermanentError } from '../../../shared/kernel/errors';
import { handleUsableRow } from '../../../shared/pipeline/crashes/unusable-row';
import { returnDeadLetters, runMaintenance } from '../../../shared/pipeline/handlers/return-dead-letters';
import type { DeadLetter } from '../../../shared/queue/dead-letter-source';
import { makeRecordingLogger } from '../../support/recording-logger';
import { makePipelineWorld, userId } from '../../support/pipeline-world';
import type { ErrorCode } from '../../../shared/kernel/error-codes';

type World = ReturnType<typeof makePipelineWorld>;

/** The broker has given up on this message; the timer takes it back. */
async function dies(t: World, queue: DeadLetter['queue'], body: unknown): Promise<void> {
  const letter: DeadLetter = {
    queue,
    body,
    sequenceNumber: '1',
    messageId: 'dead',
    reason: 'MaxDeliveryCountExceeded',
  };
  Object.assign(t.pipeline.deadLetters, {
    drain: async (from: string, _most: number, handle: (one: DeadLetter) => Promise<void>) => {
      if (from !== queue) return 0;
      await handle(letter);
      return 1;
    },
  });
  await returnDeadLetters(t.pipeline, t.task);
}

const message = (t: World, source: 'delta' | 'deadLetter') => ({ v: 1, hint: t.hint({ source }), trace: {} });

describe('a message that the broker gave up on', () => {
  it('comes back as a look at its user, once; the second time the user is a failure', async () => {
    const t = makePipelineWorld();

    await dies(t, 'directory-changes', message(t, 'delta'));
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'deadLetter', user: { id: userId } } }]);
    expect(t.failures).toEqual([]);
    t.sent.length = 0;
    await dies(t, 'directory-changes', message(t, 'deadLetter'));

    expect(t.sent).toEqual([]);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'deadLetter' }]);
    expect(t.state()).toMatchObject({ outcome: 'failed', reasons: [{ code: 'message/dead-letter' }] });
  });

  it('is a failure at its second death in apply too, not a look for ever', async () => {
    const t = makePipelineWorld();
    const letThemDie = async () => {
      const operation = t.sent.shift();
      if (operation?.kind !== 'operation') throw new Error('No operation was sent');
      await dies(t, 'license-changes', operation.message);
    };

    await t.decide();
    await letThemDie();
    expect(t.sent).toMatchObject([{ kind: 'hint', hint: { source: 'deadLetter' } }]);
    await t.step();
    await letThemDie();

    expect(t.sent).toEqual([]);
    expect(t.failures).toMatchObject([{ subject: userId, class: 'deadLetter' }]);
  });

  it('is no failure any more when its user is licensed, whatever led to that', async () => {
    const t = makePipelineWorld();
    await dies(t, 'directory-changes', message(t, 'deadLetter'));

    await t.decide(t.hint({ source: 'notification' }));
    while (await t.step());

    expect(t.state()?.outcome).toBe('licensed');
    expect(t.failures).toEqual([]);
  });
});

describe('messages of Event Grid that the broker gave up on', () => {
  const letter = { sequenceNumber: '1', messageId: 'dead', reason: 'MaxDeliveryCountExceeded', body: {} };
  const drains = (
    t: World,
    drain: (from: string, handle: (one: object) => Promise<void>) => Promise<number>,
  ) => {
    Object.assign(t.pipeline.failures, { list: async function* () {} });
    Object.assign(t.pipeline.deadLetters, {
      drain: (from: string, _most: number, handle: (one: object) => Promise<void>) => drain(from, handle),
    });
  };

  it('are dropped, counted in the log, and nothing is sent: delta finds what they tell', async () => {
    const t = makePipelineWorld();
    const logger = makeRecordingLogger();
    drains(t, async (from, handle) => {
      if (from !== 'graph-events') return 0;
      await handle({ ...letter, queue: from });
      return 1;
    });

    await runMaintenance(t.pipeline, { ...t.task, logger });

    expect(JSON.stringify(logger.lines)).toContain('Dead letters of Event Grid dropped');
    expect(JSON.stringify(logger.lines)).toContain('"dropped":1');
    expect(t.sent).toEqual([]);
    expect(t.failures).toEqual([]);
  });

  it('fail no run of the timer where there is no such queue', async () => {
    const t = makePipelineWorld();
    const asked: string[] = [];
    drains(t, async (from) => {
      asked.push(from);
      if (from === 'graph-events') throw new Error('MessagingEntityNotFound');
      return 0;
    });

    await runMaintenance(t.pipeline, t.task);

    expect(asked.at(-1)).toBe('graph-events');
    expect(asked).toContain('directory-changes');
  });
});

describe('a user whose row cannot be used', () => {
  const whom = () => userId;
  const unreadable = async () => {
    throw new PermanentError('store/unreadable-user', 'users 1 state does not hold JSON');
  };

  it('is a failure at once, and the message is finished: the lane goes on', async () => {
    const t = makePipelineWorld();

    await handleUsableRow(t.pipeline, t.task, whom, unreadable);

    expect(t.failures).toMatchObject([
      { subject: userId, class: 'row', reason: { text: 'users 1 state does not hold JSON' } },
    ]);
  });

  it('is no failure any more when a person has repaired it and asked for a look', async () => {
    const t = makePipelineWorld();
    await handleUsableRow(t.pipeline, t.task, whom, unreadable);

    await t.decide(t.hint({ source: 'operator' }));
    while (await t.step());

    expect(t.failures).toEqual([]);
  });

  it('is no failure any more either when the repaired row was right already', async () => {
    const t = makePipelineWorld();
    await t.decide();
    while (await t.step());
    await t.decide(t.hint({ source: 'operator' }));
    const before = t.state();
    await handleUsableRow(t.pipeline, t.task, whom, unreadable);

    await t.decide(t.hint({ source: 'operator' }));

    expect(t.state()).toEqual(before);
    expect(t.failures).toEqual([]);
  });

  it.each<[ErrorCode, string]>([
    ['store/forbidden', 'concerns everybody'],
    ['store/unreadable-row', 'may be of a row that others need'],
  ])('is not meant by %s, which %s', async (code) => {
    const t = makePipelineWorld();
    const work = async () => {
      throw new PermanentError(code, 'no');
    };

    await expect(handleUsableRow(t.pipeline, t.task, whom, work)).rejects.toThrow('no');

    expect(t.failures).toEqual([]);
  });

  it('does not stop dead letters from being taken back', async () => {
    const t = makePipelineWorld();
    const read = t.pipeline.users.read.bind(t.pipeline.users);
    t.pipeline.users.read = unreadable;
    await dies(t, 'directory-changes', message(t, 'deadLetter'));
    t.pipeline.users.read = read;

    expect(t.failures).toMatchObject([{ class: 'row' }]);
  });
});
