import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { Secret } from '../../../../shared/kernel/secret';
import { timing } from '../../../../shared/kernel/timing';
import { isOurClientState, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { forgetGroupRound, recordRound } from '../../../../shared/pipeline/intake/delta-round';
import { isSubscriptionDue } from '../../../../shared/pipeline/intake/lifecycle';
import { makeSubscriptionWorld } from '../support/subscription-world';
import type { makeMemoryCursors } from '../../../support/memory/memory-cursors';

let t: ReturnType<typeof makeSubscriptionWorld>;
beforeEach(async () => {
  t = makeSubscriptionWorld();
  await t.keep();
  t.graph.calls.length = 0;
});
/** What Graph calls with which client state: it must be exactly one, with today's settings. */
const held = () => t.graph.held.map(({ notificationUrl, clientState }) => [notificationUrl, clientState]);

describe('the subscription', () => {
  it('is renewed while nothing has changed', async () => {
    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['renew', 'renew']);
  });

  it('is moved to a new address, as after a rotation of the function key', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['move', 'renew']);
    expect(held()).toEqual([['https://app/2', 'one']]);
  });

  it('is replaced when Graph does not move it', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });
    t.graph.mayMove = false;

    await t.keep();

    expect(t.graph.calls).toEqual(['move', 'delete', 'create']);
    expect(held()).toEqual([['https://app/2', 'one']]);
  });

  it.each([
    ['from Graph’s calls to Event Grid', 'https://app/1', 'EventGrid:?partnertopic=a'],
    ['back to Graph’s calls', 'EventGrid:?partnertopic=a', 'https://app/1'],
    ['to another topic', 'EventGrid:?partnertopic=a', 'EventGrid:?partnertopic=b'],
  ])('is replaced and never moved %s: a topic is made at creation only', async (_, before, after) => {
    Object.assign(t.settings, { notificationUrl: before });
    await t.keep();
    t.graph.calls.length = 0;
    Object.assign(t.settings, { notificationUrl: after });

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'renew']);
    expect(held()).toEqual([[after, 'one']]);
  });

  it('is replaced after a rotation of the client state, which Graph neither shows nor changes', async () => {
    Object.assign(t.settings, { clientState: new Secret('two') });

    await t.keep();

    expect(held()).toEqual([['https://app/1', 'two']]);
  });

  it.each([
    ['one of 15 characters is warned of, and works', 'x'.repeat(15), 1],
    ['one of 16 characters is not', 'x'.repeat(16), 0],
  ])('calls with the client state: %s', async (_, clientState, warnings) => {
    Object.assign(t.settings, { clientState: new Secret(clientState) });
    t.logged.length = 0;

    await t.keep();

    expect(held()).toEqual([['https://app/1', clientState]]);
    const text = JSON.stringify(t.logged);
    expect(text.match(/LICENSER_CLIENT_STATE has fewer than 16/g) ?? []).toHaveLength(warnings);
    expect(text).not.toContain(clientState);
  });

  it('is replaced when the row about it is lost, or is of an earlier version', async () => {
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    rows.delete('graph-subscription');
    await t.keep();
    const row = rows.get('graph-subscription');
    rows.set('graph-subscription', { ...row!, value: `${t.graph.held[0]?.id ?? ''} other-fingerprint` });
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'delete', 'create']);
    expect(held()).toEqual([['https://app/1', 'one']]);
  });

  it('takes the place of one that only Graph’s 409 names', async () => {
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    rows.delete('graph-subscription');
    t.graph.hidden = true;

    await t.keep();

    expect(t.graph.calls).toEqual(['create', 'delete', 'create']);
    expect(held()).toHaveLength(1);
  });
});

describe('the subscription to groups', () => {
  const rows = () => (t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>).rows;
  const resources = () => t.graph.held.map(({ resource }) => resource);
  const followGroups = () => recordRound(t.pipeline, null, 'groups');

  it('is made once a policy names groups, and is one however often the timer fires', async () => {
    expect(await isSubscriptionDue(t.pipeline)).toBe(false);
    await followGroups();
    expect(await isSubscriptionDue(t.pipeline)).toBe(true);

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['renew', 'create groups', 'renew', 'renew']);
    expect(resources()).toEqual(['users', 'groups']);
    expect(await isSubscriptionDue(t.pipeline)).toBe(false);
  });

  it('ends when no policy names a group any more, and comes back with one that does', async () => {
    await followGroups();
    await t.keep();
    await forgetGroupRound(t.pipeline.cursors);

    await t.keep();
    expect(resources()).toEqual(['users']);

    await followGroups();
    expect(await isSubscriptionDue(t.pipeline)).toBe(true);
    await t.keep();
    expect(resources()).toEqual(['users', 'groups']);
  });

  it('is done without where Graph refuses it, names the permission, and is asked for at each run of the timer', async () => {
    await followGroups();
    t.graph.mayReadGroups = false;

    await t.keep();

    expect(resources()).toEqual(['users']);
    expect(rows().get('graph-subscription-groups')?.value).toBe('refused');
    expect(JSON.stringify(t.logged)).toContain('Group.Read.All');
    // Not every 15 seconds.
    expect(await isSubscriptionDue(t.pipeline)).toBe(false);
    t.graph.mayReadGroups = true;
    await t.keep();
    expect(resources()).toEqual(['users', 'groups']);
  });

  it('does not stop the one to users from being renewed when Graph fails at it', async () => {
    await followGroups();
    Object.assign(t.pipeline.directory, {
      createSubscription: () => Promise.reject(new GraphError('unavailable', 'Try later', { status: 503 })),
    });

    await expect(t.keep()).rejects.toThrow('Try later');

    expect(t.graph.calls).toEqual(['renew']);
  });
});

describe('a rotation of the client state', () => {
  const state = () => t.graph.held.map(({ clientState }) => clientState);
  const isOurs = (presented: string) => isOurClientState(t.pipeline, t.settings.clientState, presented);

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
    for (let call = 0; call < 100; call++) expect(await isOurs(`forged ${String(call)}`)).toBe(false);
    expect(reads).toBe(once);

    t.advance(timing.intake.clientStateReread.ms);
    await Promise.all(Array.from({ length: 1_000 }, (_, call) => isOurs(`forged at once ${String(call)}`)));
    expect(reads).toBe(2 * once);
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
