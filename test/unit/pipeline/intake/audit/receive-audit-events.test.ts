import { describe, expect, it } from '@jest/globals';
import { toGroupId } from '../../../../../shared/kernel/ids';
import { timing } from '../../../../../shared/kernel/timing';
import { checkAuditLog } from '../../../../../shared/ops/doctor/changes/check-audit-log';
import { readSources } from '../../../../../shared/ops/sources/read-sources';
import { BulkPacer } from '../../../../../shared/pipeline/intake/bulk-pacer';
import { receiveAuditEvents } from '../../../../../shared/pipeline/intake/audit/receive-audit-events';
import {
  groupPositionRow,
  writeGroupPosition,
} from '../../../../../shared/pipeline/intake/groups/group-position';
import type { Services } from '../../../../../shared/pipeline/services';
import type { Hint } from '../../../../../shared/queue/messages';
import { auditRecord, groupTarget, inGroup, userTarget } from '../../../../support/graph/audit-records';
import { makeMemoryCursors } from '../../../../support/memory/memory-cursors';
import { makeRecordingLogger } from '../../../../support/recording-logger';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const userId = 'bbbbbbbb-0000-4000-8000-000000000002';
const named = 'cccccccc-0000-4000-8000-000000000003';
const unnamed = 'cccccccc-0000-4000-8000-000000000004';
const start = Date.UTC(2026, 0, 1, 0, 3);

/** A policy that names one group. */
async function setUp() {
  const hints: Hint[] = [];
  const own = { now: start, isQueueUp: true, followed: 0 };
  const clock = { now: () => own.now, sleep: async () => undefined };
  const logger = makeRecordingLogger();
  const cursors = makeMemoryCursors(() => own.now);
  const position = {
    link: 'https://graph/delta',
    policies: [],
    roots: [toGroupId(named)],
    every: false,
    nestedAt: 0,
    deleted: [],
    pending: [],
    isPartial: false,
  };
  const row = await cursors.read(groupPositionRow);
  await cursors.commit(groupPositionRow, row, writeGroupPosition(position));
  const services = {
    clock,
    queues: {
      sendHints: async (sent: readonly Hint[]) => {
        if (!own.isQueueUp) throw new Error('the queue is down');
        hints.push(...sent);
      },
    },
    cursors,
    bulkPacer: new BulkPacer(clock),
    quota: { ratePerSecond: () => 1_000 },
    settings: { tenantId, auditHub: 'entra-audit-log', notificationUrl: null },
  } as unknown as Services;
  const send = (...records: readonly unknown[]) =>
    receiveAuditEvents(services, { logger }, [{ records }], async () => {
      own.followed += 1;
    });
  return { own, hints, logger, services, send };
}

const record = (name: string, targets: readonly unknown[] = [userTarget(userId)], extra = {}) =>
  auditRecord(name, tenantId, targets, extra);
const guid = (index: number) => `bbbbbbbb-0000-4000-8000-${String(index).padStart(12, '0')}`;

describe('receiveAuditEvents', () => {
  it('queues one look for a user, however many records tell of the user', async () => {
    const { hints, send } = await setUp();
    await send(record('Add user'), record('Update user'), record('Change user license'));

    expect(hints).toEqual([
      {
        kind: 'look',
        user: { id: userId },
        source: 'auditLog',
        seenAt: '2026-01-01T00:03:00.000Z',
        crowd: true,
      },
    ]);
  });

  it('queues nothing for what is malformed, failed or of another tenant, and says how many there were', async () => {
    const { hints, logger, send } = await setUp();
    await send(
      7,
      record('Add user', undefined, { tenantId: unnamed }),
      record('Add user', undefined, { properties: { result: 1 } }),
      record('Reset user password'),
    );

    expect(hints).toEqual([]);
    expect(logger.lines).toMatchObject([
      {
        level: 'warn',
        message: 'Records of the audit log discarded',
        fields: { unreadable: 1, foreign: 1, failed: 1, other: 1 },
      },
    ]);
  });

  it('warns of nothing that is usual: other logs and operations, refused changes, files without targets', async () => {
    const { logger, send } = await setUp();
    await send(
      { category: 'SignInLogs' },
      record('Reset user password'),
      record('Add user', undefined, { properties: { result: 1 } }),
      record('Bulk create users - finished (bulk)', []),
    );

    expect(logger.lines).toMatchObject([{ level: 'debug', fields: { other: 3, failed: 1 } }]);
  });

  it('looks at members of a group that a policy names, has it followed, and passes over other groups', async () => {
    const { own, hints, send } = await setUp();
    await send(
      record('Add member to group', [userTarget(guid(1), [inGroup(named)])]),
      record('Add member to group', [userTarget(guid(2), [inGroup(unnamed)])]),
      record('Add member to group', [userTarget(guid(3))]),
      record('Update group', [groupTarget(unnamed)]),
    );

    expect(hints.map(({ user, group }) => [user.id, group])).toEqual([
      [guid(3), undefined],
      [guid(1), true],
    ]);
    expect(own.followed).toBe(1);
  });

  it('has a group followed that changed itself', async () => {
    const { own, hints, send } = await setUp();
    await send(record('Delete group', [groupTarget(named)]));

    expect([hints, own.followed]).toEqual([[], 1]);
  });

  it('takes a wave that comes in small batches as a crowd, members too', async () => {
    const { hints, send } = await setUp();
    for (let batch = 0; batch < 3; batch++)
      await send(
        ...Array.from({ length: 40 }, (_, index) =>
          record('Add user', [userTarget(guid(40 * batch + index))]),
        ),
      );
    await send(record('Add member to group', [userTarget(guid(200), [inGroup(named)])]));

    expect(hints).toHaveLength(121);
    expect(hints.every(({ crowd }) => crowd === true)).toBe(true);
  });

  it('queues nothing again for records that come once more, as after a host that died', async () => {
    const { hints, send } = await setUp();
    const once = record('Add user');
    await send(once);
    await send(once, record('Update user', [userTarget(guid(1))]));

    expect(hints.map(({ user }) => user.id)).toEqual([userId, guid(1)]);
  });

  it('throws when the looks cannot be queued, and takes the same records the next time', async () => {
    const { own, hints, send } = await setUp();
    const once = record('Add user');
    own.isQueueUp = false;
    await expect(send(once)).rejects.toThrow('the queue is down');
    own.isQueueUp = true;
    await send(once);

    expect(hints).toHaveLength(1);
  });
});

describe('how the audit log is', () => {
  it('is told: when records last came, and how late', async () => {
    const { services, send } = await setUp();
    const before = await readSources(services);
    await send(record('Add user'));
    const after = await readSources(services);

    expect(before.auditLog).toEqual({ isUsed: true, lastAt: null, lagSeconds: null });
    expect(after.auditLog).toEqual({ isUsed: true, lastAt: '2026-01-01T00:03:00.000Z', lagSeconds: 180 });
    // It is none of Graph's notifications.
    expect(after.notifications).toMatchObject({ lastAt: null });
  });

  it('is not told by records of other tenants or of other logs', async () => {
    const { services, send } = await setUp();
    await send(
      record('Add user', undefined, { tenantId: unnamed }),
      record('Sign-in activity', undefined, { category: 'SignInLogs' }),
    );

    expect((await readSources(services)).auditLog).toMatchObject({ lastAt: null });
  });

  it.each([
    ['that nothing depends on', record('Reset user password')],
    ['that was refused', record('Add user', undefined, { properties: { result: 1 } })],
  ])('is told by a record of this tenant %s', async (_what, one) => {
    const { services, send } = await setUp();
    await send(one);

    expect((await readSources(services)).auditLog).toMatchObject({ lagSeconds: 180 });
  });

  it('is told again within the minute when records are in time again, and only then', async () => {
    const { own, services, send } = await setUp();
    const lag = async () => (await readSources(services)).auditLog?.lagSeconds;
    own.now += timing.doctor.auditLate.ms;
    await send(record('Add user'));
    const late = await lag();
    own.now += 1_000;
    await send(record('Update user'));
    const stillLate = await lag();
    const happened = (at: number) => ({ properties: { activityDateTime: new Date(at).toISOString() } });
    await send(record('Update user', undefined, happened(own.now - 60_000)));
    const inTime = await lag();
    await send(record('Update user', undefined, happened(own.now - 30_000)));

    expect([late, stillLate, inTime, await lag()]).toEqual([3_780, 3_780, 60, 60]);
  });

  it('is checked by the doctor', async () => {
    const { own, services, send } = await setUp();
    const check = async () => (await checkAuditLog(services)).map(({ state, text }) => `${state} ${text}`);
    expect(await check()).toEqual([expect.stringMatching(/^warn no record .* has come yet/)]);
    await send(record('Add user'));
    expect(await check()).toEqual([
      'ok the last record came at 2026-01-01T00:03:00.000Z, 180 s after its change',
    ]);
    own.now += timing.doctor.auditSilent.ms + 1;
    expect(await check()).toEqual(['warn no record has come since 2026-01-01T00:03:00.000Z']);
    await send(record('Add user'));
    expect(await check()).toEqual([expect.stringMatching(/^warn the last record came at .*, 86580 s after/)]);
    Object.assign(services.settings, { auditHub: null });
    expect(await check()).toEqual([]);
  });
});
