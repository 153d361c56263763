import { beforeEach, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../shared/kernel/secret';
import { timing } from '../../../../shared/kernel/timing';
import { judgeClientStates, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { recordRound } from '../../../../shared/pipeline/intake/delta-round';
import { isSubscriptionDue } from '../../../../shared/pipeline/intake/lifecycle';
import { makeSubscriptionWorld } from '../support/subscription-world';
import type { makeMemoryCursors } from '../../../support/memory/memory-cursors';

let t: ReturnType<typeof makeSubscriptionWorld>;
beforeEach(async () => {
  t = makeSubscriptionWorld();
  await t.keep();
  t.graph.calls.length = 0;
});

describe('a rotation of the client state', () => {
  const state = () => t.graph.held.map(({ clientState }) => clientState);
  const judge = async (presented: string) =>
    (await judgeClientStates(t.pipeline, t.settings.clientState, new Set([presented]))).get(presented);
  const isOurs = async (presented: string) => (await judge(presented)) === 'ours';

  it('replaces the subscriptions at the next round, with a value that the setting alone does not show', async () => {
    await recordRound(t.pipeline, null, 'groups');
    await t.keep();
    t.advance(1);
    await rotateClientState(t.pipeline.cursors);
    expect(await isSubscriptionDue(t.pipeline)).toBe(true);

    await t.keep();

    const [users, groups] = state();
    expect(users).toBe(groups);
    expect(users).not.toContain('one');
    expect(users).toHaveLength(43);
    expect(t.graph.held).toHaveLength(2);
    t.advance(1);
    await t.keep();
    expect(await isSubscriptionDue(t.pipeline)).toBe(false);
  });

  it('leaves both values valid: before the replacement, and for as long as Graph repeats calls after it', async () => {
    await rotateClientState(t.pipeline.cursors);
    const [before = ''] = state();
    expect(await isOurs(before)).toBe(true);

    await t.keep();

    const [after = ''] = state();
    t.advance(timing.intake.clientStateReread.ms);
    expect([await isOurs(before), await isOurs(after), await isOurs('two')]).toEqual([true, true, false]);
    t.advance(timing.intake.clientStateRetired.ms - 2 * timing.intake.clientStateReread.ms);
    expect(await isOurs(before)).toBe(true);
    t.advance(2 * timing.intake.clientStateReread.ms);
    expect([await isOurs(before), await isOurs(after)]).toEqual([false, true]);
  });

  it('leaves the value before valid for 25 hours with Event Grid, which repeats for 24', async () => {
    Object.assign(t.settings, { notificationUrl: 'EventGrid:?partnertopic=a' });
    await t.keep();
    Object.assign(t.settings, { clientState: new Secret('two') });
    await t.keep();

    t.advance(24 * 3_600_000);
    expect([await isOurs('one'), await isOurs('two')]).toEqual([true, true]);
    t.advance(3_600_000);
    expect([await isOurs('one'), await isOurs('two')]).toEqual([false, true]);
  });

  it('holds for a new setting, too', async () => {
    Object.assign(t.settings, { clientState: new Secret('two') });
    expect([await isOurs('one'), await isOurs('two')]).toEqual([true, true]);

    await t.keep();
    t.advance(timing.intake.clientStateKept.ms);

    expect([await isOurs('one'), await isOurs('two')]).toEqual([true, true]);
    t.advance(timing.intake.clientStateRetired.ms);
    expect([await isOurs('one'), await isOurs('two')]).toEqual([false, true]);
  });

  it('reaches a process that has read the rows, within a second, and forged values cost it one reading a second', async () => {
    await isOurs('one');
    await rotateClientState(t.pipeline.cursors);
    await t.keep();
    const [after = ''] = state();
    let reads = 0;
    const read = t.pipeline.cursors.read.bind(t.pipeline.cursors);
    Object.assign(t.pipeline.cursors, {
      read: (name: string) => {
        reads++;
        return read(name);
      },
    });
    t.advance(timing.intake.clientStateReread.ms);

    expect(await isOurs(after)).toBe(true);
    const once = reads;
    for (let call = 0; call < 100; call++) expect(await judge(`forged ${String(call)}`)).toBe('unknown');
    expect(reads).toBe(once);

    t.advance(timing.intake.clientStateReread.ms);
    const verdicts = await Promise.all(
      Array.from({ length: 1_000 }, (_, call) => judge(`forged at once ${String(call)}`)),
    );
    expect(reads).toBe(2 * once);
    // The one that had them read knows that it is none; the others may have come after a rotation that the reading missed.
    expect(verdicts.filter((verdict) => verdict === 'foreign')).toHaveLength(1);
    expect(verdicts.filter((verdict) => verdict === 'unknown')).toHaveLength(999);
  });

  it('is not called foreign where the rows were read less than a second ago, and is known a second later', async () => {
    await isOurs('one');
    await rotateClientState(t.pipeline.cursors);
    await t.keep();
    const [after = ''] = state();

    expect(await judge(after)).toBe('unknown');
    t.advance(timing.intake.clientStateReread.ms);
    expect(await judge(after)).toBe('ours');
    t.advance(timing.intake.clientStateReread.ms);
    expect(await judge('two')).toBe('foreign');
  });

  it('is not asked of the rows again for one that a whole reading did not know: its calls are passed over at once', async () => {
    await isOurs('one');
    t.advance(timing.intake.clientStateReread.ms);
    expect(await judge('old tenant')).toBe('foreign');
    const read = t.pipeline.cursors.read.bind(t.pipeline.cursors);
    Object.assign(t.pipeline.cursors, { read: () => Promise.reject(new Error('asked again')) });
    t.advance(10);
    expect(await judge('old tenant')).toBe('foreign');
    expect(await judge('another')).toBe('unknown');
    t.advance(timing.intake.clientStateReread.ms);
    expect(await judge('old tenant')).toBe('foreign');
    Object.assign(t.pipeline.cursors, { read });

    // After a new setting, Graph may present a state before the row of its subscription is written.
    let reads = 0;
    Object.assign(t.pipeline.cursors, { read: (name: string) => (reads++, read(name)) });
    t.advance(timing.intake.clientStateForeign.ms);
    expect(await judge('old tenant')).toBe('foreign');
    expect(reads).toBeGreaterThan(0);
  });

  it('is not called foreign where the rows cannot be read again', async () => {
    await isOurs('one');
    t.advance(timing.intake.clientStateKept.ms);
    Object.assign(t.pipeline.cursors, { read: () => Promise.reject(new Error('tables are away')) });

    expect(await judge('two')).toBe('unknown');
    expect(await judge('one')).toBe('ours');
  });

  it('is never taken for one when the rows cannot be read: Graph is to call again', async () => {
    await rotateClientState(t.pipeline.cursors);
    await t.keep();
    const [after = ''] = state();
    Object.assign(t.pipeline.cursors, { read: () => Promise.reject(new Error('tables are away')) });

    await expect(isOurs(after)).rejects.toThrow('cannot be read');
    expect(await isOurs('one')).toBe(true);
  });

  it('is not passed over when a renewal that began before it ends after it', async () => {
    Object.assign(t.pipeline.directory, {
      renewSubscription: async () => {
        await rotateClientState(t.pipeline.cursors);
        t.advance(1);
      },
    });

    await t.keep();

    expect(await isSubscriptionDue(t.pipeline)).toBe(true);
  });

  it('finds out which value a subscription of an earlier version has, at its renewal', async () => {
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    const row = rows.get('graph-subscription');
    rows.set('graph-subscription', { ...row!, value: (row?.value ?? '').split(' ').slice(0, 2).join(' ') });

    await t.keep();

    expect(t.graph.calls).toEqual(['renew']);
    expect(rows.get('graph-subscription')?.value).toBe(row?.value);
  });

  it('does not make an earlier value valid again when its row is damaged: the subscriptions are renewed, and it is told', async () => {
    await rotateClientState(t.pipeline.cursors);
    await t.keep();
    const [after = ''] = state();
    t.advance(timing.intake.clientStateRetired.ms);
    t.graph.calls.length = 0;
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    rows.set('client-state', { ...rows.get('client-state')!, value: '{"generation":' });

    expect([await isOurs('one'), await isOurs(after)]).toEqual([false, true]);
    expect(await isSubscriptionDue(t.pipeline)).toBe(false);
    await t.keep();
    expect(t.graph.calls).toEqual(['renew']);
    expect(JSON.stringify(t.logged)).toContain('licenser repair');
    await rotateClientState(t.pipeline.cursors);
    await t.keep();
    expect(state()).not.toContain(after);
    t.advance(timing.intake.clientStateReread.ms);
    expect([await isOurs('one'), await isOurs(after)]).toEqual([false, true]);
  });

  it('stores no value, only fingerprints', async () => {
    await rotateClientState(t.pipeline.cursors);
    await t.keep();

    const stored = JSON.stringify([...(t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>).rows]);
    for (const value of ['"one"', ' one', ...state()]) expect(stored).not.toContain(value);
  });
});
