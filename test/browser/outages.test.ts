import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { closeByKeys, confirmByKeys, press } from '../support/browser/by-keyboard';
import { countPresses } from '../support/browser/count-presses';
import { seriousFindings } from '../support/browser/check-access';
import { openPage, phone, startBrowser, withoutOutage } from '../support/browser/open-page';
import { ems, intune, joiner, waitUntilLicensed } from '../support/judge-joiner';
import { startTestCloud } from '../support/local-cloud';
import type { TestCloud } from '../support/local-cloud';
import { waitUntil } from '../support/wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

const mayRead = ['LicenseAssignment.Read.All', 'User.Read.All', 'GroupMember.Read.All', 'Group.Read.All'];
const mayWrite = [...mayRead, 'LicenseAssignment.ReadWrite.All', 'User.ReadWrite.All'];

let browser: Browser | undefined;
let cloud: TestCloud;
let folder: string;
beforeAll(async () => {
  browser = await startBrowser();
  if (browser === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'ops-page-outages-'));
  cloud = await startTestCloud({
    tablesLocation: join(folder, 'tables'),
    serviceBusData: join(folder, 'service-bus'),
    settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *', LICENSER_OUTAGE_SECONDS: '10' },
  });
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const bring = async (name: string, count: number) =>
  (
    await cloud.bring(
      Array.from({ length: count }, (_none, index) =>
        joiner(`${name}${String(index)}.${crypto.randomUUID()}`, { usageLocation: 'NL' }),
      ),
    )
  ).map(({ id }) => id);
const effectiveWrites = async (ids: readonly string[]) =>
  (await cloud.control.writeLog(0)).filter(
    ({ kind, effective, userId }) => kind === 'assignLicense' && effective && ids.includes(userId),
  );

/** What the app may do, from the next token on: its process keeps the one it has. */
async function setRoles(roles: readonly string[]): Promise<void> {
  const { origin, clientId } = cloud.cloud.file.graph;
  const answer = await fetch(`${origin}/_local/clients/${clientId}`, {
    method: 'PATCH',
    headers: controlHeaders(cloud.cloud.file.graph),
    body: JSON.stringify({ roles }),
  });
  expect(answer.status).toBe(200);
  await cloud.cloud.processes.functions.kill('SIGKILL');
  await cloud.cloud.processes.functions.restart();
}

describe('woken at night: the permission to write was taken away', () => {
  it('is said with what to do; given back, “Try now” lets all go on, on a phone and by keys alone', async () => {
    if (browser === undefined) return;
    await setRoles(mayRead);
    const users = await bring('woken', 20);
    await waitUntil('writes are paused', async () => (await cloud.stores.control.pauses()).length > 0);
    const { page, context, complaints } = await openPage(browser, cloud, 'operator', {
      size: phone,
      byKeyboard: true,
    });
    const presses = await countPresses(page);

    await page.getByRole('heading', { name: 'Stopped' }).waitFor();
    const cause = page.locator('.causes li').first();
    expect(await cause.textContent()).toMatch(/Graph refuses all writing.*permissions/s);
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, cause.getByRole('link', { name: 'What to do' }));
    await page.locator('.runbook .chosen', { hasText: 'Graph refuses' }).waitFor();

    await setRoles(mayWrite);
    await page.keyboard.press('g');
    await page.keyboard.press('o');
    await press(page, cause.getByRole('button', { name: 'Try now…' }));
    await confirmByKeys(page, 'Try now', 'INC-1: the permission is back');
    await closeByKeys(page);

    for (const id of users) await waitUntilLicensed(cloud, id, 240_000);
    await page.getByRole('heading', { name: 'Stopped' }).waitFor({ state: 'detached' });
    expect(await cloud.stores.control.pauses()).toEqual([]);
    const writes = await effectiveWrites(users);
    expect(writes.map(({ userId }) => userId).sort()).toEqual([...users].sort());
    expect(writes.every(({ add }) => add?.[0]?.skuId === ems && add[0].disabledPlans.join() === intune)).toBe(
      true,
    );
    expect((await presses()).byPointer).toBe(0);
    expect(withoutOutage(complaints)).toEqual([]);
    await context.close();
  });
});

/** Every verdict that stands on the page from now on. */
async function watchVerdicts(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(`
    window.verdicts = [];
    const note = () => {
      const text = document.querySelector('#verdict')?.textContent;
      if (text && text !== window.verdicts.at(-1)) window.verdicts.push(text);
    };
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  return () => page.evaluate<readonly string[]>('window.verdicts.splice(0)');
}

describe('the tables, then the broker, are away for two minutes', () => {
  it('the page says so with an age and never looks good meanwhile; afterwards all are licensed', async () => {
    if (browser === undefined) return;
    await cloud.runFunction('observe');
    const { page, context, complaints } = await openPage(browser, cloud, 'viewer', { hasOwnClock: true });
    const good = page.getByRole('heading', { level: 1, name: /Licensing|Late|Partly/ });
    const unknown = page.getByRole('heading', { level: 1, name: 'Not known' });
    await good.waitFor();
    const verdicts = await watchVerdicts(page);
    const users: string[] = [];

    for (const part of ['tables', 'serviceBus'] as const) {
      users.push(...(await bring(part, 15)));
      await cloud.cloud.processes[part].kill('SIGKILL');
      await page.clock.fastForward(10_000);
      await unknown.waitFor();
      await verdicts();
      for (let passed = 0; passed < 120; passed += 30) await page.clock.fastForward(30_000);
      await page.getByText(/Last known: .* [2-9] min ago/).waitFor();
      expect((await verdicts()).filter((one) => !one.includes('Not known'))).toEqual([]);
      expect(await seriousFindings(page)).toEqual([]);

      await cloud.cloud.processes[part].restart();
      await waitUntil(`${part} are back and counted`, async () => {
        await cloud.runFunction('observe').catch(() => 0);
        await page.clock.fastForward(30_000);
        return good.isVisible();
      });
    }

    for (const id of users) await waitUntilLicensed(cloud, id, 240_000);
    const writes = await effectiveWrites(users);
    expect(writes.map(({ userId }) => userId).sort()).toEqual([...users].sort());
    const queues = Object.values(await cloud.control.queueCounters());
    expect(queues.map(({ deadLettered }) => deadLettered)).toEqual(queues.map(() => 0));
    expect(withoutOutage(complaints)).toEqual([]);
    await context.close();
  });
});
