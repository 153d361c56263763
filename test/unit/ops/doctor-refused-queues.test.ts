import { describe, expect, it } from '@jest/globals';
import { PermanentError, TransientError } from '../../../shared/kernel/errors';
import { checkLoad } from '../../../shared/ops/doctor/check-load';
import { checkQueues } from '../../../shared/ops/doctor/check-queues';
import { checkVerdict } from '../../../shared/ops/doctor/check-verdict';
import { guarded } from '../../../shared/ops/doctor/finding';
import type { LookedBy } from '../../../shared/ops/doctor/finding';
import type { Services } from '../../../shared/pipeline/services';
import type { QueueInspector, QueueSettings } from '../../../shared/queue/queue-inspector';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../support/pipeline-world';

const minute = 60_000;
const clock = { now: () => Date.parse('2026-01-10T12:00:00Z'), sleep: async () => undefined };
/** Only what the check under test touches. */
const partly = (parts: object) => ({ clock, ...parts }) as unknown as Services;

describe('what the doctor says where the queues may not be looked at', () => {
  const refuses = async () => {
    throw new PermanentError(
      'queue/not-allowed',
      'Queue directory-changes cannot be looked at: Listen is required',
    );
  };
  const inspector = {
    settings: refuses,
    counts: refuses,
    oldestActiveAt: refuses,
  } as unknown as QueueInspector;
  const notLookedAt = expect.objectContaining({
    state: 'warn',
    text: expect.stringContaining('not looked at'),
  });

  it('is to a person that they were not looked at: nothing has failed, and open failures are told all the same', async () => {
    const failures = {
      async *places() {
        yield {};
      },
    };

    expect(
      await guarded('queues', () =>
        checkQueues(inspector, [{ name: 'directory-changes', settings: {} as QueueSettings }]),
      ),
    ).toEqual([notLookedAt]);
    expect(await guarded('load', () => checkLoad(partly({ failures }), inspector, 'person'))).toEqual([
      notLookedAt,
      expect.objectContaining({ name: 'failures', state: 'fail', text: '1 open' }),
    ]);
  });

  it('is no failure of the verdict either, and queues that do not answer are one', async () => {
    const world = makePipelineWorld();
    const parts = (broken: () => Promise<never>) => ({
      services: { ...world.pipeline, cursors: makeMemoryCursors(world.now) },
      inspector: { ...inspector, counts: broken } as QueueInspector,
      quotaClosedUntil: async () => null,
      objective: minute,
    });
    const away = async () => {
      throw new TransientError('queue/unreachable', 'the broker is away');
    };
    const ofQueues = async (broken: () => Promise<never>, by: LookedBy) =>
      (await checkVerdict(parts(broken), by)).find(({ text }) => text.includes('The queues do not answer'))
        ?.state;

    expect(await ofQueues(refuses, 'person')).toBe('warn');
    expect(await ofQueues(away, 'person')).toBe('fail');
    expect(await ofQueues(refuses, 'app')).toBe('fail');
  });

  it('is a failure where the app itself may not peek: it receives nothing then', async () => {
    const failures = { async *places() {} };

    expect(await checkLoad(partly({ failures }), inspector, 'app')).toEqual([
      expect.objectContaining({
        name: 'queue',
        state: 'fail',
        text: expect.stringContaining('the app may not receive'),
      }),
      expect.objectContaining({ name: 'failures', state: 'ok' }),
    ]);
  });

  it('is a warning where the app may peek and not count', async () => {
    const failures = { async *places() {} };
    const peeking = { ...inspector, oldestActiveAt: async () => null } as QueueInspector;

    const findings = await checkLoad(partly({ failures }), peeking, 'app');

    expect(findings.find(({ name }) => name === 'queue')?.state).toBe('warn');
    expect(findings.filter(({ state }) => state === 'fail')).toEqual([]);
  });
});
