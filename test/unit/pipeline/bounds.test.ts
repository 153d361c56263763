import { describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../shared/graph/refusals/graph-error';
import { PermanentError } from '../../../shared/kernel/errors';
import { handleUsableRow } from '../../../shared/pipeline/crashes/unusable-row';
import { decideUser } from '../../../shared/pipeline/handlers/decide-user';
import { takeMessage } from '../../../shared/pipeline/handlers/take-message';
import { lookNumber } from '../../../shared/pipeline/row/agenda/agenda';
import { readHint } from '../../../shared/queue/messages';
import { readLimited } from '../../../shared/triggers/read-limited';
import { parseDotnetRegex } from '../../../shared/policy/regex/dotnet-regex';
import { makePipelineWorld, userId } from '../../support/pipeline-world';

const minute = 60_000;
const refusedRead = (retryAfterMs: number) =>
  new GraphError('throttled', 'Too many requests', { status: 429, retryAfterMs });

describe('a removal that delta reports', () => {
  it('is settled without a read of the user', async () => {
    const world = makePipelineWorld();
    await world.decide();
    world.advance(10 * minute);
    let reads = 0;
    world.world.beforeRead = async () => void reads++;

    await world.decide(world.hint({ removed: true }));

    expect(reads).toBe(0);
    expect(world.state()).toMatchObject({ outcome: 'outOfScope', retry: null });
    expect(world.state()?.reasons[0]?.code).toBe('user/gone');
  });

  it('of a user who was never seen costs nothing and leaves nothing', async () => {
    const world = makePipelineWorld();

    await world.decide(world.hint({ removed: true }));

    expect([world.state(), world.sent]).toEqual([null, []]);
  });

  it('that is older than the last look is read, for the user may be back', async () => {
    const world = makePipelineWorld();
    const old = world.hint({ removed: true });
    world.advance(minute);
    await world.decide();

    await world.decide(old);

    expect(world.state()?.reasons[0]?.code).not.toBe('user/gone');
  });
});

describe('a user of a crowd whom Graph does not know', () => {
  it('is looked at again after minutes, at most four times in ten', async () => {
    const world = makePipelineWorld();
    world.world.user.isThere = false;
    let looks = 0;
    world.world.beforeRead = async () => void looks++;
    const began = world.now();

    await world.decide(world.hint({ crowd: true, source: 'notification' }));
    const first = world.sent[0];
    expect(first?.kind === 'hint' && first.at - began).toBeGreaterThanOrEqual(minute);
    while (await world.step());

    expect(looks).toBeLessThan(12);
    expect(world.state()?.reasons[0]?.code).toBe('user/gone');
  });
});

describe('a throttled read', () => {
  it('while a write is verified is no attempt and no dead letter', async () => {
    const world = makePipelineWorld();
    await world.decide();
    while (world.sent[0]?.kind === 'operation') await world.step();
    const writtenAt = world.state()?.writtenAt ?? 0;
    (world.pipeline as { catalogue: unknown }).catalogue = {
      read: async () => {
        throw refusedRead(150_000);
      },
    };

    await decideUser(
      world.pipeline,
      world.task,
      { v: 1, trace: {}, hint: world.hint({ kind: 'verify', retryToken: String(writtenAt) }) },
      { queue: 'directory-changes', messageId: 'm', deliveryCount: 9 },
    );

    expect(world.failures).toEqual([]);
  });
});

describe('what is wrong with one user for good', () => {
  it.each(['store/unreadable-user', 'store/unwritable-value', 'store/value-too-large'] as const)(
    'is a failure at once (%s), and the lane goes on',
    async (code) => {
      const world = makePipelineWorld();

      await handleUsableRow(
        world.pipeline,
        world.task,
        () => userId,
        async () => {
          throw new PermanentError(code, 'x'.repeat(500_000));
        },
      );

      expect(world.failures).toEqual([expect.objectContaining({ subject: userId, class: 'row' })]);
      expect(world.failures[0]?.reason.text.length).toBeLessThan(3_000);
    },
  );

  it('does not come back when not even the failure can be stored', async () => {
    const world = makePipelineWorld();
    (world.pipeline as { failures: unknown }).failures = {
      record: async () => {
        throw new PermanentError('store/value-too-large', 'no');
      },
    };

    await handleUsableRow(
      world.pipeline,
      world.task,
      () => userId,
      async () => {
        throw new PermanentError('store/unreadable-user', 'no');
      },
    );
  });

  it('leaves what concerns everybody alone', async () => {
    const world = makePipelineWorld();

    const work = handleUsableRow(
      world.pipeline,
      world.task,
      () => userId,
      async () => {
        throw new PermanentError('store/forbidden', 'no');
      },
    );

    await expect(work).rejects.toThrow('no');
  });
});

describe('messages', () => {
  it('of a version that never comes are a failure after a day', async () => {
    const world = makePipelineWorld();
    let messageId = 'hint-1';
    const put: unknown[] = [];
    (world.pipeline as { queues: unknown }).queues = {
      putBack: async (_queue: string, sent: unknown, _at: number, _session: unknown, round: number) => {
        put.push(sent);
        messageId = `again-${String(round)}-x`;
      },
    };
    const body = { v: 999, hint: { kind: 'look' } };
    let rounds = 0;
    for (; world.failures.length === 0 && rounds < 5_000; rounds++) {
      await takeMessage(world.pipeline, world.task, readHint(body), body, {
        queue: 'directory-changes',
        messageId,
        deliveryCount: 1,
      });
    }

    expect(put.every((sent) => sent === body)).toBe(true);
    expect(rounds).toBeLessThan(3_000);
    expect(world.failures[0]).toMatchObject({ class: 'unreadable' });
  });

  it('have bounded fields: a token of 400 digits reaches no row', () => {
    const hint = { kind: 'look', user: { id: userId }, source: 'retry', seenAt: '2026-01-01T00:00:00.000Z' };
    const read = (retryToken: string) => readHint({ v: 1, hint: { ...hint, retryToken }, trace: {} }).kind;

    expect([read('1.x'), read('9'.repeat(400)), read('9'.repeat(600))]).toEqual([
      'message',
      'message',
      'unreadable',
    ]);
    expect([lookNumber('9'.repeat(400)), lookNumber('12.a'), lookNumber('-3'), lookNumber('x')]).toEqual([
      0, 12, 0, 0,
    ]);
  });
});

describe('bodies', () => {
  const request = (chunks: readonly string[], length?: number) =>
    ({
      headers: new Headers(length === undefined ? {} : { 'content-length': String(length) }),
      body: (async function* () {
        yield* chunks.map((chunk) => Buffer.from(chunk));
      })(),
    }) as never;

  it.each<[string, readonly string[], number | undefined, string | undefined]>([
    ['that fit are read whole', ['ab', 'cé'], undefined, 'abcé'],
    ['whose header says too much are not read', ['a'], 100, undefined],
    ['without a length are read to the limit', Array.from({ length: 50 }, () => 'x'), undefined, undefined],
    ['whose header lies are read to the limit', ['x'.repeat(50)], 3, undefined],
  ])('%s', async (_what, chunks, length, expected) => {
    expect(await readLimited(request(chunks, length), 10)).toBe(expected);
  });
});

describe('counted repetitions', () => {
  const words = Array.from({ length: 100 }, (_, index) => `(\\w{0,${String(900 + index)}}x)?`).join('');

  it.each<[string, string]>([
    ['of 100 groups one after the other', words],
    ['nested', '((a{0,99}b{0,99}){0,9}c){0,99}'],
    ['of a class', '[a-z]{1,1000}[0-9]{1,1000}q{900}'],
    ['without an end', '(a{500,}b{500,}){30,}'],
    ['that RE2 refuses', '(x{900}){900}'],
  ])('%s are answered within the budget, also on a long text', (_what, pattern) => {
    const regex = parseDotnetRegex(pattern);
    if ('error' in regex) throw new Error(regex.error.message);

    const answers = [10, 256, 50_000].map((length) => regex.test('ab'.repeat(length / 2)));

    // Work is counted, not time: a test must not depend on the machine.
    for (const answer of answers) expect([true, false, 'undecided']).toContain(answer);
  });

  it('are refused where they make a pattern too long to run', () => {
    expect(parseDotnetRegex(words)).toMatchObject({ canRun: false, why: expect.stringContaining('steps') });
    expect(parseDotnetRegex('\\d{3,8}')).toMatchObject({ canRun: true });
  });
});
