import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AzureNamedKeyCredential, TableClient } from '@azure/data-tables';
import Long from 'long';
import { toUserId } from '../../shared/kernel/ids';
import { joiner, waitUntilLicensed } from '../support/judge-joiner';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { never, projectRoot, startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { laneIn32, operationFor, sendHints, sendTo } from '../support/queue-messages';
import { waitUntil } from '../support/wait-until';
import { queueNames } from '../../shared/queue/queues';

/** An id whose user shares the lane of `id`. */
function idInLaneOf(id: string): string {
  for (;;) {
    const other = crypto.randomUUID();
    if (laneIn32(other) === laneIn32(id)) return other;
  }
}

describe('bad input', () => {
  let test: TestCloud;
  beforeAll(async () => {
    test = await leaseTestCloud('hints');
  });
  afterAll(() => test?.stop());

  const post = (body: string, key = test.cloud.file.functions.functionKey) =>
    fetch(`${test.cloud.file.functions.origin}/api/graph-notification?code=${encodeURIComponent(key)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
  const notification = (userId: string, clientState: string) =>
    JSON.stringify({
      value: [
        {
          subscriptionId: 's',
          clientState,
          changeType: 'updated',
          tenantId: test.cloud.file.graph.tenantId,
          resource: `Users/${userId}`,
          resourceData: { id: userId },
        },
      ],
    });
  const sent = async () => (await test.control.queueCounters())['directory-changes']?.sent ?? 0;
  /**
   * Posts until nothing was queued meanwhile, and gives that answer. Users of earlier files may still be looked at in
   * this cloud, so one count may rise for another reason; a route that queues the body never leaves it as it was.
   */
  const postThatQueuesNothing = (body: string, key?: string) =>
    waitUntil('a post that queues nothing', async () => {
      const before = await sent();
      const answer = await post(body, key);
      return (await sent()) === before ? answer : undefined;
    });

  it('answers 401 to a wrong key and queues nothing', async () => {
    const answer = await postThatQueuesNothing(
      notification(crypto.randomUUID(), test.cloud.file.functions.clientState),
      'wrong',
    );

    expect(answer.status).toBe(401);
  });

  it.each(['{', '', '[]', '{"value":[3]}', '\u0000'])('answers 400 to the body %j', async (body) => {
    const answer = await postThatQueuesNothing(body);

    expect(answer.status).toBe(400);
  });

  it('discards a notification with a wrong clientState, says so in the log, and shows no secret', async () => {
    const answer = await waitUntil('it is judged', async () => {
      const { status, body } = await postThatQueuesNothing(
        notification(crypto.randomUUID(), 'guessed-state'),
      );
      // The app has read the client states less than a second ago.
      return status === 503 ? undefined : { status, body };
    });

    expect(answer.status).toBe(202);
    await waitUntil('the log tells', async () =>
      test.lines.some((line) => line.includes('wrong clientState or tenant discarded')),
    );
    expect(test.lines.join('\n')).not.toContain('guessed-state');
    expect(test.lines.join('\n')).not.toContain(test.cloud.file.functions.clientState);
  });

  it.each([
    ['text that is no JSON', 'no json at all'],
    ['a number', 7],
    ['an empty object', {}],
    ['an operation on the hints’ queue', { v: 1, operation: {}, trace: {} }],
    ['a hint about no user', { v: 1, hint: { kind: 'look', user: { id: 'me' } }, trace: {} }],
  ])('records %s as a failure and completes it', async (_what, body) => {
    const messageId = `bad-${crypto.randomUUID()}`;
    const sender = test.serviceBus().createSender('directory-changes');

    await sender.sendMessages({ body, messageId, contentType: 'application/json' });

    const failure = await waitUntil('a failure is open', async () => {
      for await (const open of test.stores.failures.list('open')) {
        if (open.subject === `message:${messageId}`) return open;
      }
      return undefined;
    });
    expect(failure).toMatchObject({ class: 'unreadable', state: 'open', count: 1 });
    expect((await test.control.queueCounters())['directory-changes']).toMatchObject({ deadLettered: 0 });
  });

  it('puts a message of a newer version back, scheduled, and counts it neither failed nor dead', async () => {
    const sender = test.serviceBus().createSender('directory-changes');

    await sender.sendMessages({
      body: { v: 2, hint: { shape: 'of the future' } },
      messageId: 'newer-1',
      contentType: 'application/json',
    });

    const receiver = test.serviceBus().createReceiver('directory-changes');
    const parked = await waitUntil('it is scheduled', async () => {
      const messages = await receiver.peekMessages(250, { fromSequenceNumber: Long.ZERO });
      return messages.find(({ body, state }) => (body as { v?: unknown }).v === 2 && state === 'scheduled');
    });
    expect(parked.body).toEqual({ v: 2, hint: { shape: 'of the future' } });
    if (parked.sequenceNumber !== undefined) await sender.cancelScheduledMessages(parked.sequenceNumber);
  });

  it('does not trust a forged operation: apply decides by the policy, not by the message', async () => {
    const visio = 'c5928f49-12ba-48f7-ada3-0d743a3601d5';
    const [user] = await test.bring([
      {
        userPrincipalName: 'forged@contoso.onmicrosoft.com',
        mailNickname: 'forged',
        displayName: 'Forged',
        accountEnabled: true,
        userType: 'Member',
        department: 'Sales',
        country: 'NL',
      },
    ]);
    const userId = user?.id ?? '';
    const sender = test.serviceBus().createSender('license-changes');

    await sender.sendMessages({
      sessionId: 'lane-00',
      body: {
        v: 1,
        operation: {
          user: { id: userId },
          kind: 'assign',
          add: [{ skuId: visio, disabledPlans: [] }],
          remove: [],
          why: ['because I say so'],
          policyHash: 'x',
        },
        trace: {},
      },
    });

    await waitUntil('the user is licensed by policy', async () => {
      const record = await test.stores.users.read(toUserId(userId));
      return record.state?.outcome === 'licensed';
    });
    const written = (await test.control.writeLog(0)).filter((entry) => entry.userId === userId);
    expect(written.flatMap((entry) => entry.add ?? []).map(({ skuId }) => skuId)).not.toContain(visio);
  });

  it('makes a user a failure at once whose row was damaged, and holds up no other user of the lane', async () => {
    const [victim] = await test.bring([joiner('damaged', { usageLocation: 'NL' })]);
    const id = victim?.id ?? '';
    await sendHints(test, [id]);
    await waitUntilLicensed(test, id);
    const { endpoint, accountName, accountKey } = test.cloud.file.tables;
    const users = new TableClient(endpoint, 'users', new AzureNamedKeyCredential(accountName, accountKey), {
      allowInsecureConnection: true,
    });
    const whole = await users.getEntity<{ json: string }>(id, 'state');
    await users.upsertEntity({ partitionKey: id, rowKey: 'state', json: '{"version":"one"}' }, 'Replace');
    const fine = idInLaneOf(id);
    await test.bring([joiner('of.the.same.lane', { id: fine, usageLocation: 'NL' })]);

    await sendTo(test, queueNames.licenseChanges, [operationFor(id, {}), operationFor(fine, {})]);
    await waitUntilLicensed(test, fine);
    await sendHints(test, [id]);

    const [failure] = await waitUntil('the failure is open', async () => {
      const found = await test.stores.failures.ofSubject(id);
      // At least: a look that is due anyway is refused like the two messages.
      return found.some(({ count }) => count >= 2) && found;
    });
    expect(failure).toMatchObject({ class: 'row', state: 'open', reason: { code: 'store/unreadable-user' } });
    await users.upsertEntity({ partitionKey: id, rowKey: 'state', json: whole.json }, 'Replace');
    await sendHints(test, [id]);
    await waitUntil('a person has repaired it', async () => {
      const [found] = await test.stores.failures.ofSubject(id);
      return found?.state === 'replayed';
    });
  });

  it('is still up after all that', async () => {
    const answer = await fetch(`${test.cloud.file.functions.origin}/api/health`);

    expect(answer.status).toBe(200);
    expect(test.exits).toEqual([]);
  });
});

describe('a policy that is broken', () => {
  let test: TestCloud;
  const folder = mkdtempSync(join(tmpdir(), 'licenser-policy-'));
  const policy = join(folder, 'policy.yaml');
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('parks the work, says why, and goes on by itself once the file is fixed', async () => {
    writeFileSync(policy, 'version: 1\nrules:\n  - name: a\n    asign: []\n');
    test = await startTestCloud({ policy, follow: false, settings: { LICENSER_DELTA_SCHEDULE: never } });

    const health = await fetch(`${test.cloud.file.functions.origin}/api/health`);
    const [user] = await test.bring([
      {
        userPrincipalName: 'patient@contoso.onmicrosoft.com',
        mailNickname: 'patient',
        displayName: 'Patient',
        accountEnabled: true,
        userType: 'Member',
        department: 'Sales',
        usageLocation: 'NL',
      },
    ]);
    const sender = test.serviceBus().createSender('directory-changes');
    await sender.sendMessages({
      body: {
        v: 1,
        hint: { kind: 'look', user: { id: user?.id }, source: 'operator', seenAt: new Date().toISOString() },
        trace: {},
      },
    });

    expect(health.status).toBe(503);
    // Anybody may ask: what is wrong with the policy stands in the log.
    const told = await health.text();
    expect(told).not.toContain('asign');
    expect(JSON.parse(told)).toMatchObject({
      ok: false,
      checks: expect.arrayContaining([{ name: 'policy', ok: false }]),
    });
    await waitUntil('the log says why', async () =>
      test.lines.some((line) => line.includes('not well') && /4:5.*asign/.test(line)),
    );
    await waitUntil('the hint is parked', async () => {
      const queues = (await test.control.queueCounters()) as unknown as Record<
        string,
        Record<string, number>
      >;
      return queues['directory-changes']?.['scheduledNow'] === 1;
    });
    writeFileSync(policy, readFileSync(join(projectRoot, 'policy', 'sample-tenant.yaml')));
    await waitUntil('the parked user is licensed', async () => {
      const record = await test.stores.users.read(toUserId(user?.id ?? ''));
      return record.state?.outcome === 'licensed';
    });
    expect((await test.control.queueCounters())['directory-changes']).toMatchObject({ deadLettered: 0 });
    expect(test.exits).toEqual([]);
  });
});
