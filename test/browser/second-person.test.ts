import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Long from 'long';
import type { Browser } from 'playwright-core';
import { toUserId } from '../../shared/kernel/ids';
import { closeWithResult, confirm } from '../support/browser/act-in-page';
import { seriousFindings } from '../support/browser/check-access';
import { openPage, startBrowser } from '../support/browser/open-page';
import { script } from '../support/browser/policy-stories';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { joiner, waitUntilLicensed } from '../support/judge-joiner';
import type { TestCloud } from '../support/local-cloud';
import { viewLink } from '../support/browser/view-link';
import { waitUntil } from '../support/wait-until';

const many = 50;
const queue = 'license-changes';
/** A lane that no function takes: what the test puts there stays. */
const lane = 'lane-of-a-stranger';

let browser: Browser | undefined;
let cloud: TestCloud;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser !== undefined) cloud = await leaseTestCloud('delta');
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

async function leaveDeadLetters(): Promise<void> {
  const bus = cloud.serviceBus();
  const session = await bus.acceptSession(queue, lane);
  await bus.createSender(queue).sendMessages(
    Array.from({ length: many }, (_none, index) => ({
      sessionId: lane,
      messageId: `stranger-${String(index)}`,
      body: `${script} ${String(index)}`,
    })),
  );
  for (let taken = 0; taken < many;) {
    const messages = await session.receiveMessages(many - taken, { maxWaitTimeInMs: 5_000 });
    for (const message of messages) {
      await session.deadLetterMessage(message, {
        deadLetterReason: `Strange ${script}`,
        deadLetterErrorDescription: 'not of the product',
      });
    }
    taken += messages.length;
  }
  await session.close();
}

/** How many lie there now: the broker's counters only grow. */
async function deadLetters(): Promise<number> {
  const receiver = cloud.serviceBus().createReceiver(queue, { subQueueType: 'deadLetter' });
  const found = await receiver.peekMessages(many * 2, { fromSequenceNumber: Long.ZERO });
  await receiver.close();
  return found.length;
}
/**
 * Users to whom no look that is due can write: the cloud has users of other files, who wait for seats or for a time of
 * their own. What is looked for after a new user's license are memberships, and there are none.
 */
const settledUsers = async (): Promise<ReadonlySet<string>> => {
  const settled = new Set<string>();
  for await (const { userId, state } of cloud.stores.users.list()) {
    const isDone = ['licensed', 'nothing'].includes(state.outcome ?? '') && state.intent === null;
    if (isDone && [undefined, 'groups'].includes(state.retry?.key)) settled.add(userId);
  }
  return settled;
};
/** What each of them got and was written; a later look may say it in other words, and at another time. */
const rowsOf = async (users: ReadonlySet<string>) => {
  const rows: string[] = [];
  for await (const { userId, state } of cloud.stores.users.list()) {
    const { outcome, skus, policyHash, sentVersion, lastWrite } = state;
    const kept = { userId, outcome, skus, policyHash, sentVersion, lastWrite };
    if (users.has(userId)) rows.push(JSON.stringify(kept));
  }
  return rows.sort();
};
const writesTo = async (users: ReadonlySet<string>) =>
  (await cloud.control.writeLog(0)).filter(({ userId }) => users.has(userId.toLowerCase())).length;

describe('50 messages of a stranger among the dead letters', () => {
  it('are shown as text, and deleted when another person has approved it; no user is changed', async () => {
    if (browser === undefined) return;
    const [user] = await cloud.bring([joiner(`beside.${crypto.randomUUID()}`)]);
    await waitUntilLicensed(cloud, user?.id ?? '');
    await leaveDeadLetters();
    expect(await deadLetters()).toBe(many);
    const users = await settledUsers();
    expect(users).toContain(user?.id.toLowerCase());
    const [rows, writes] = [await rowsOf(users), await writesTo(users)];

    const asker = await openPage(browser, cloud, 'operator', { at: `queue/${queue}/dead` });
    await asker.page.locator('summary', { hasText: 'body' }).first().click();
    await asker.page.locator('pre.text', { hasText: script }).first().waitFor();
    await asker.page
      .locator('td', { hasText: `Strange ${script}` })
      .first()
      .waitFor();
    expect(await asker.page.locator('main img').count()).toBe(0);
    expect(await seriousFindings(asker.page)).toEqual([]);

    await asker.page.getByRole('link', { name: 'All queues' }).click();
    await asker.page.getByRole('button', { name: 'Purge dead letters…' }).click();
    await confirm(asker.page, 'Ask for approval', 'INC-8: another system sends to us', String(many));
    expect(await closeWithResult(asker.page)).toMatch(/another person approves it/);
    expect(await deadLetters()).toBe(many);
    await viewLink(asker.page, 'Rollouts').click();
    const own = asker.page.getByRole('button', { name: /^Approve…/ });
    await own.waitFor();
    expect(await own.getAttribute('aria-disabled')).toBe('true');

    const second = await openPage(browser, cloud, 'approver', { at: 'rollouts' });
    await second.page.getByText(`Delete ${String(many)} dead letters of ${queue}`).waitFor();
    await second.page.getByRole('button', { name: 'Approve…' }).click();
    await confirm(second.page, 'Approve', 'INC-8: looked at them', String(many));
    await waitUntil('the queue is empty', async () => (await deadLetters()) === 0);

    expect(await rowsOf(users)).toEqual(rows);
    expect(await writesTo(users)).toBe(writes);
    expect((await cloud.stores.users.read(toUserId(user?.id ?? ''))).state?.outcome).toBe('licensed');
    const names = new Set<string>();
    await waitUntil('both are recorded', async () => {
      for await (const { action, by, result } of cloud.stores.audit.list({ limit: 20 }))
        if (result === 'done') names.add(`${action} ${by}`);
      return (
        names.has('queue/purge operator@licenser.local') &&
        names.has('approval/approve approver@licenser.local')
      );
    });
    expect([...asker.complaints, ...second.complaints]).toEqual([]);
    await asker.context.close();
    await second.context.close();
  });
});

describe('a reason that carries script', () => {
  it('stays text on the overview, the queue and the audit', async () => {
    if (browser === undefined) return;
    const { page, context, complaints } = await openPage(browser, cloud, 'operator', { at: 'queue' });
    await page.getByRole('button', { name: 'Pause all writing…' }).click();
    await confirm(page, 'Pause', `INC-11 ${script}`);
    await closeWithResult(page);

    for (const view of ['Queue', 'Overview', 'Audit']) {
      await viewLink(page, view).click();
      await page.locator('main', { hasText: `INC-11 ${script}` }).waitFor();
      expect(await page.locator('main img').count()).toBe(0);
      expect(await page.title()).not.toBe('1');
    }

    await viewLink(page, 'Queue').click();
    await page.getByRole('region', { name: 'Paused' }).getByRole('button', { name: 'Resume…' }).click();
    await confirm(page, 'Resume', 'it was seen');
    await closeWithResult(page);
    expect(await cloud.stores.control.pauses()).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
