import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeCloudFile } from '../../local/cloud-file';
import { levelsId } from '../../shared/ops/levels/read-levels';
import { startAzureCommands } from '../support/clouds/azure-commands';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { ems, joiner, waitUntilLicensed, waitUntilQuiet } from '../support/judge-joiner';
import type { TestCloud } from '../support/local-cloud';
import { callCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

const folder = mkdtempSync(join(tmpdir(), 'ops-stories-'));
let cloud: TestCloud;
let people: Awaited<ReturnType<typeof startAzureCommands>>;
beforeAll(async () => {
  cloud = await leaseTestCloud('delta');
  people = await startAzureCommands(cloud);
});
afterAll(async () => {
  await people?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const bring = async (name: string, extra: Record<string, unknown> = {}) => {
  const [user] = await cloud.bring([joiner(`${name}.${crypto.randomUUID()}`, extra)]);
  return user?.id ?? '';
};
const writesOf = async (userId: string) =>
  (await cloud.control.writeLog(0)).filter(
    (entry) => entry.userId === userId && entry.kind === 'assignLicense' && entry.effective,
  );

describe('“why do I not have …?”', () => {
  it('is answered to a Viewer by rule and clause, for half a name; nothing is written or queued', async () => {
    const name = `stella${crypto.randomUUID().slice(0, 8)}`;
    const [user] = await cloud.bring([joiner(name, { displayName: `${name} Smit` })]);
    const id = user?.id ?? '';
    await waitUntilLicensed(cloud, id);
    await waitUntilQuiet(cloud);
    const before = (await cloud.control.writeLog(0)).length;
    const received = async () =>
      Object.values(await cloud.control.queueCounters()).map(({ active, scheduledNow }) => [
        active,
        scheduledNow,
      ]);
    const queued = await received();

    const found = await people.run<{ id: string }[]>('viewer', 'users', 'search', name.slice(0, 12));
    const shown = await people.ask('viewer', 'GET', `/users/${id}`);
    const why = await people.run<{ rules: { name: string; matches: boolean; clauses: unknown }[] }>(
      'viewer',
      ...['explain', id],
    );

    expect(found).toMatchObject({ code: 0, answer: [{ id }] });
    expect(shown).toMatchObject({ status: 200, body: { id, outcome: 'licensed' } });
    expect(why.code).toBe(0);
    const rule = (wanted: string) => why.answer.rules.find((one) => one.name === wanted);
    expect(JSON.stringify(rule('staff-ems-without-intune'))).toContain('Sales');
    expect(JSON.stringify(rule('frontline'))).toContain('Production');
    expect((await cloud.control.writeLog(0)).length).toBe(before);
    expect(await received()).toEqual(queued);
  });
});

describe('wrong EMS licenses are being written', () => {
  it('one command stops that SKU alone; after another all who waited are served, once', async () => {
    expect((await people.run('operator', 'queue', 'pause', 'sku:EMS', '--why', 'INC-7')).code).toBe(0);
    const pausedAt = Date.now();
    // A process learns of a pause within two seconds.
    await new Promise((done) => setTimeout(done, 2_000));
    const [sales, production] = await Promise.all([
      Promise.all(Array.from({ length: 5 }, () => bring('sales'))),
      bring('production', { department: 'Production' }),
    ]);
    await waitUntilLicensed(cloud, production);
    const status = await people.run<{ verdict: string; causes: { code: string }[] }>('viewer', 'status');
    const emsWrites = (await cloud.control.writeLog(0)).filter(
      ({ kind, add = [], at }) =>
        kind === 'assignLicense' && add.some(({ skuId }) => skuId === ems) && at > pausedAt + 2_000,
    );
    const resumed = await people.run('operator2', 'queue', 'resume', 'sku:EMS');
    for (const id of sales) await waitUntilLicensed(cloud, id);

    expect(emsWrites).toEqual([]);
    expect(status).toMatchObject({
      code: 1,
      answer: { causes: expect.arrayContaining([expect.objectContaining({ code: 'paused/part' })]) },
    });
    expect(resumed.code).toBe(0);
    for (const id of sales) expect(await writesOf(id)).toHaveLength(1);
    expect(await cloud.stores.control.pauses()).toEqual([]);
  });
});

describe('the doctor', () => {
  it('says by the API what it says directly', async () => {
    await cloud.runFunction('observe');
    await waitUntil('observe has counted', async () => {
      const { value } = (await cloud.stores.levels.read(levelsId)) ?? { value: { at: 0 } };
      return Date.now() - value.at < 60_000;
    });
    const file = join(folder, 'local.json');
    writeCloudFile(file, cloud.cloud.file);
    type Check = { name: string; state: string; text: string; todo: string | null };
    // Ages and counts go on while both look.
    const withoutNumbers = (checks: readonly Check[]) =>
      checks.map(({ text, ...check }) => ({ ...check, text: text.replace(/\d+/g, 'N') }));
    const both = async () => {
      const byApi = (await people.ask('viewer', 'GET', '/doctor')).body as unknown as { checks: Check[] };
      const { stdout } = await callCli(['doctor', '--json', '--cloud-file', file]);
      const direct = JSON.parse(stdout) as { checks: Check[] };
      return [withoutNumbers(byApi.checks), withoutNumbers(direct.checks)] as const;
    };
    const [byApi, direct] = await both();

    expect(byApi).toEqual(direct);
    expect(byApi.find(({ name }) => name === 'queues')).toMatchObject({
      text: 'N queues with the expected settings',
    });
  });
});

describe('a flood of reads', () => {
  it('is refused, and leaves notifications and health answering', async () => {
    const { origin, functionKey } = cloud.cloud.file.functions;
    const paths = ['/overview', '/queues', '/failures', '/status', '/doctor', '/me'];
    const statuses: number[] = [];
    let isOver = false;
    const flood = Promise.all(
      Array.from({ length: 300 }, async (_none, index) => {
        const { status } = await people.ask('viewer', 'GET', paths[index % paths.length] ?? '');
        statuses.push(status);
      }),
    ).then(() => {
      isOver = true;
    });
    const answers: number[] = [];
    while (!isOver) {
      const token = `flood-${String(answers.length)}`;
      const [health, notification] = await Promise.all([
        fetch(`${origin}/api/health`),
        fetch(`${origin}/api/graph-notification?code=${functionKey}&validationToken=${token}`, {
          method: 'POST',
        }),
      ]);
      expect(await notification.text()).toBe(token);
      answers.push(health.status, notification.status);
    }
    await flood;

    expect(new Set(answers)).toEqual(new Set([200]));
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // A joiner who comes right after it is licensed as ever.
    await waitUntilLicensed(cloud, await bring('after-the-flood'));
  });
});
