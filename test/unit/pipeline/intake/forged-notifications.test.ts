import { beforeEach, describe, expect, it } from '@jest/globals';
import type { HttpRequest, InvocationContext } from '@azure/functions';
import { seededRandom } from '../../../../shared/kernel/random';
import { Secret } from '../../../../shared/kernel/secret';
import { timing } from '../../../../shared/kernel/timing';
import { readClientState, rotateClientState } from '../../../../shared/pipeline/intake/client-state';
import { BulkPacer } from '../../../../shared/pipeline/intake/bulk-pacer';
import type { Services } from '../../../../shared/pipeline/services';
import { makeNotificationTrigger } from '../../../../shared/triggers/notification-trigger';
import { ManualClock } from '../../../support/manual-clock';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';

const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';
const userId = 'bbbbbbbb-0000-4000-8000-000000000002';
const groupId = 'cccccccc-0000-4000-8000-000000000003';

let clock: ManualClock;
let queued: string[];
let groupCalls: number[];
let cursors: ReturnType<typeof makeMemoryCursors>;
let post: (body: string, headers?: Record<string, string>) => Promise<number | undefined>;

/** The webhook as the host calls it, and whatever it hands to a queue. */
beforeEach(() => {
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  queued = [];
  groupCalls = [];
  cursors = makeMemoryCursors(() => clock.now());
  const services = {
    clock,
    cursors,
    queues: {
      sendHints: async (hints: readonly { user: { id: string } }[]) =>
        void queued.push(...hints.map(({ user }) => user.id)),
    },
    bulkPacer: new BulkPacer(clock),
    quota: { ratePerSecond: () => 16 },
    settings: { tenantId, clientState: new Secret('the-secret-of-the-app') },
  } as unknown as Services;
  const handle = makeNotificationTrigger(
    async () => services,
    async (at) => void groupCalls.push(at),
  );
  const ignore = () => undefined;
  const context = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  post = async (body, headers = {}) => {
    const request = new Request('https://app/api/graph-notification', { method: 'POST', body, headers });
    const asked = Object.assign(request, { query: new URL(request.url).searchParams });
    const answer = await handle(asked as unknown as HttpRequest, context as unknown as InvocationContext);
    return answer.status;
  };
});

const genuine = (extra: object = {}) => ({
  id: 'dddddddd-0000-4000-8000-000000000004',
  subscriptionId: 'eeeeeeee-0000-4000-8000-000000000005',
  subscriptionExpirationDateTime: '2026-01-05T00:00:00Z',
  clientState: 'the-secret-of-the-app',
  changeType: 'updated',
  tenantId,
  resource: `Users/${userId}`,
  resourceData: { '@odata.type': '#Microsoft.Graph.User', id: userId },
  ...extra,
});
const bodyOf = (...value: unknown[]) => JSON.stringify({ value });

/** Texts near a genuine one: cut, doubled, exchanged, with odd pieces in it. */
function mutate(text: string, random: () => number): string {
  const pick = (below: number) => Math.floor(random() * below);
  const pieces = ['"', '{', '}', '[', ']', ',', ':', 'null', '\u0000', '\ud800', '1e309', '__proto__', 'x'];
  let next = text;
  for (let changes = 1 + pick(5); changes > 0; changes--) {
    const at = pick(next.length + 1);
    const length = pick(40);
    const piece = pieces[pick(pieces.length)] ?? '';
    const kind = pick(4);
    if (kind === 0) next = next.slice(0, at) + next.slice(at + length);
    else if (kind === 1) next = next.slice(0, at) + piece + next.slice(at);
    else if (kind === 2) next = next.slice(0, at) + next.slice(at, at + length).repeat(2) + next.slice(at);
    else next = next.slice(0, at) + piece.repeat(1 + pick(30)) + next.slice(at + length);
  }
  return next;
}

describe('what reaches the queue of the webhook', () => {
  it('is a genuine call', async () => {
    expect(await post(bodyOf(genuine()))).toBe(202);
    expect(queued).toEqual([userId]);
  });

  it('is a call with a client state of another process, a second later: before, Graph is asked to send it again', async () => {
    const forged = bodyOf(genuine({ id: undefined, clientState: 'guessed' }));
    expect(await post(bodyOf(genuine({ id: undefined })))).toBe(202);
    expect(await post(forged)).toBe(503);
    await rotateClientState(cursors);
    const rotated = (await readClientState(cursors, new Secret('the-secret-of-the-app')))?.reveal();
    const call = bodyOf(genuine({ id: undefined, clientState: rotated }));
    queued.length = 0;

    expect(await post(call)).toBe(503);
    expect(queued).toEqual([]);
    clock.advance(timing.intake.clientStateReread.ms);
    expect(await post(call)).toBe(202);
    expect(queued).toEqual([userId]);

    clock.advance(timing.intake.clientStateReread.ms);
    // The rows were read for this one, and none of them has it.
    expect(await post(forged)).toBe(202);
    expect(queued).toEqual([userId]);
  });

  it('is the known part of a call at once, also where Graph is to send the rest again', async () => {
    await post(bodyOf(genuine({ id: undefined })));
    queued.length = 0;

    expect(await post(bodyOf(genuine(), genuine({ clientState: 'guessed' })))).toBe(503);

    expect(queued).toEqual([userId]);
    expect(await post(bodyOf(genuine()))).toBe(202);
    expect(queued).toEqual([userId]);
  });

  it('is nothing of 2,000 forged bodies, however they are built, of users and of groups', async () => {
    const random = seededRandom(20_260_101);
    const guesses = ['', 'the-secret-of-the-ap', 'the-secret-of-the-apq', '0', null];
    for (let run = 0; run < 2_000; run++) {
      const clientState = guesses[run % guesses.length];
      const subject = run % 3 === 0 ? { resource: `Groups/${groupId}`, resourceData: { id: groupId } } : {};
      const lifecycle = run % 7 === 0 ? { lifecycleEvent: 'subscriptionRemoved' } : {};
      const forged = bodyOf(
        ...Array.from({ length: 1 + (run % 4) }, () => genuine({ clientState, ...subject, ...lifecycle })),
      );
      const status = await post(run % 2 === 0 ? forged : mutate(forged, random));
      expect([202, 400, 503]).toContain(status);
    }

    expect(queued).toEqual([]);
    expect(groupCalls).toEqual([]);
  });

  it('is, of 2,000 damaged genuine bodies, only what still carries the client state, and never another user', async () => {
    const random = seededRandom(7);
    for (let run = 0; run < 2_000; run++) {
      const body = mutate(bodyOf(genuine({ id: undefined })), random);
      const before = queued.length;
      expect([202, 400, 503]).toContain(await post(body));
      if (queued.length > before) expect(body).toContain('the-secret-of-the-app');
    }

    for (const id of queued) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it.each([
    ['says so', { 'content-length': '1048577' }, bodyOf(genuine())],
    ['does not say so', {}, bodyOf(genuine({ subscriptionId: 'x'.repeat(1_048_577) }))],
  ])('is nothing of a body over 1 MB that %s', async (_how, headers, body) => {
    expect(await post(body, headers)).toBe(413);
    expect(queued).toEqual([]);
  });

  it('is nothing of more notifications in a call than Graph ever sends', async () => {
    expect(await post(bodyOf(...Array.from({ length: 10_001 }, () => 0)))).toBe(400);
    expect(queued).toEqual([]);
  });

  it('is nothing of another tenant’s call', async () => {
    await post(bodyOf(genuine({ tenantId: 'ffffffff-0000-4000-8000-000000000006' })));

    expect(queued).toEqual([]);
  });

  it('is a recorded call once, and no more after its subscription has ended', async () => {
    const recorded = bodyOf(genuine());
    for (let call = 0; call < 50; call++) expect(await post(recorded)).toBe(202);
    expect(queued).toEqual([userId]);

    clock.advance(Date.parse('2026-01-05T00:00:00Z') + timing.intake.clientStateRetired.ms + 1 - clock.now());
    expect(await post(recorded)).toBe(202);

    expect(queued).toEqual([userId]);
  });

  it('is a call that Graph repeats because the queue was away', async () => {
    const once = queued;
    const push = once.push.bind(once);
    once.push = () => {
      throw new Error('the queue is away');
    };
    await expect(post(bodyOf(genuine()))).rejects.toThrow('away');
    once.push = push;

    expect(await post(bodyOf(genuine()))).toBe(202);
    expect([...queued]).toEqual([userId]);
  });

  it('is every one of two changes without an id, which read the same', async () => {
    await post(bodyOf(genuine({ id: undefined })));
    await post(bodyOf(genuine({ id: undefined })));

    expect(queued).toEqual([userId, userId]);
  });
});
