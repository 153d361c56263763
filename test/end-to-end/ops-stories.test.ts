import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeCloudFile } from '../../local/cloud-file';
import { levelsId } from '../../shared/ops/levels/read-levels';
import { startAzureCommands } from '../support/clouds/azure-commands';
import { leaseTestCloud } from '../support/clouds/lease-cloud';
import { joiner, waitUntilLicensed, waitUntilQuiet } from '../support/judge-joiner';
import type { TestCloud } from '../support/local-cloud';
import { callCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

const folder = mkdtempSync(join(tmpdir(), 'ops-stories-'));
const cloudFile = join(folder, 'local.json');
let cloud: TestCloud;
let people: Awaited<ReturnType<typeof startAzureCommands>>;
beforeAll(async () => {
  cloud = await leaseTestCloud('delta');
  people = await startAzureCommands(cloud);
  writeCloudFile(cloudFile, cloud.cloud.file);
});
afterAll(async () => {
  await people?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line on the same cloud: writes go through the API, reads are made in its process. */
const licenser = (...args: string[]) => callCli([...args, '--cloud-file', cloudFile]);
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
    // The cloud has users of other files: their looks come due, and may write, at any time.
    const before = await writesOf(id);
    const lastAct = async () => {
      for await (const { at, action } of cloud.stores.audit.list()) return { at, action };
      return null;
    };
    const actBefore = await lastAct();

    const found = await people.ask('viewer', 'POST', '/users/search', { text: name.slice(0, 12) });
    const shown = await people.ask('viewer', 'GET', `/users/${id}`);
    const why = await people.ask('viewer', 'GET', `/users/${id}/explanation`);
    const byCommand = await licenser('explain', id, '--json');

    expect(found).toMatchObject({ status: 200, body: { items: [{ id }], isMore: false } });
    expect(shown).toMatchObject({ status: 200, body: { id, outcome: 'licensed' } });
    expect(JSON.parse(byCommand.stdout)).toEqual(why.body);
    const rules = why.body['rules'] as { name: string }[];
    const rule = (wanted: string) => rules.find((one) => one.name === wanted);
    expect(JSON.stringify(rule('staff-ems-without-intune'))).toContain('Sales');
    expect(JSON.stringify(rule('frontline'))).toContain('Production');
    expect(await writesOf(id)).toEqual(before);
    expect(await lastAct()).toEqual(actBefore);
  });
});

describe('wrong EMS licenses are being written', () => {
  it('one command stops that SKU alone; after another all who waited are served, once', async () => {
    const pause = await licenser('queue', 'pause', 'sku:EMS', '--why', 'INC-7', '--as', 'operator');
    expect(pause.code).toBe(0);
    // A process knows of a pause two seconds after it at the latest, by its own clock.
    await new Promise((done) => setTimeout(done, 2_000));
    const [sales, production] = await Promise.all([
      Promise.all(Array.from({ length: 5 }, () => bring('sales'))),
      bring('production', { department: 'Production' }),
    ]);
    await waitUntilLicensed(cloud, production);
    const status = await people.ask('viewer', 'GET', '/status');
    // Of those who came since; a write to a user of another file may have been on its way.
    const emsWrites = (await Promise.all(sales.map(writesOf))).flat();
    const resumed = await licenser('queue', 'resume', 'sku:EMS', '--as', 'operator2');
    for (const id of sales) await waitUntilLicensed(cloud, id);

    expect(emsWrites).toEqual([]);
    const causes = status.body['causes'] as { code: string }[];
    expect(causes.map(({ code }) => code)).toContain('paused/part');
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
    type Check = { name: string; state: string; text: string; todo: string | null };
    // Ages and counts go on while both look.
    const withoutNumbers = (checks: readonly Check[]) =>
      checks.map(({ text, ...check }) => ({ ...check, text: text.replace(/\d+/g, 'N') }));
    const both = async () => {
      // All of it looked at now, as the command does.
      const byApi = (await people.ask('viewer', 'POST', '/doctor', {})).body as unknown as {
        checks: Check[];
      };
      const { stdout } = await licenser('doctor', '--json');
      const direct = JSON.parse(stdout) as { checks: Check[] };
      return [withoutNumbers(byApi.checks), withoutNumbers(direct.checks)] as const;
    };
    // The cloud goes on between the two looks: what came or went meanwhile is gone when both look again.
    let [byApi, direct] = await both();
    for (let again = 0; again < 5 && !isDeepStrictEqual(byApi, direct); again++)
      [byApi, direct] = await both();

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
    const refused = () => statuses.filter((status) => status === 429).length;
    // A slow machine serves slower than reads are let through: as many rounds as 100 refusals take.
    const flood = (async () => {
      for (let round = 0; round < 10 && refused() <= 100; round++) {
        await Promise.all(
          Array.from({ length: 300 }, async (_none, index) => {
            const { status } = await people.ask('viewer', 'GET', paths[index % paths.length] ?? '');
            statuses.push(status);
          }),
        );
      }
    })().then(() => {
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
    expect(refused()).toBeGreaterThan(100);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    // A joiner who comes right after it is licensed as ever.
    await waitUntilLicensed(cloud, await bring('after-the-flood'));
  });
});
