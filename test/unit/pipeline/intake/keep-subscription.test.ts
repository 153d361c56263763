import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { Secret } from '../../../../shared/kernel/secret';
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

  it('is replaced for a new address, as after a rotation of the function key, so that lifecycle events go there, too', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'renew']);
    expect(held()).toEqual([['https://app/2', 'one']]);
    expect(t.graph.held[0]?.lifecycleNotificationUrl).toBe('https://app/2');
  });

  it('is replaced once when an earlier version moved it, and left the address of lifecycle events behind', async () => {
    Object.assign(t.graph.held[0] ?? {}, { lifecycleNotificationUrl: 'https://app/old' });

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'renew']);
    expect(t.graph.held[0]?.lifecycleNotificationUrl).toBe('https://app/1');
  });

  it.each([
    [
      'in another form than it was given',
      { notificationUrl: 'https://app', lifecycleNotificationUrl: 'https://app/x' },
    ],
    ['not at all', { lifecycleNotificationUrl: undefined }],
  ])('is only renewed where Graph shows its addresses %s', async (_, shown) => {
    Object.assign(t.graph.held[0] ?? {}, shown);

    await t.keep();

    expect(t.graph.calls).toEqual(['renew']);
  });

  it.each([
    ['from Graph’s calls to Event Grid', 'https://app/1', 'EventGrid:?partnertopic=a'],
    ['back to Graph’s calls', 'EventGrid:?partnertopic=a', 'https://app/1'],
    ['to another topic', 'EventGrid:?partnertopic=a', 'EventGrid:?partnertopic=b'],
  ])('is replaced %s: a topic is made at creation only', async (_, before, after) => {
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

  it('is asked for once more when the app was too slow for Graph’s handshake, and again by the timer', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });
    t.graph.slowHandshakes = 3;

    await expect(t.keep()).rejects.toThrow('timed out');
    expect(t.graph.calls).toEqual(['delete', 'create', 'create']);
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'create', 'create', 'create']);
    expect(held()).toEqual([['https://app/2', 'one']]);
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
