import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableServiceClient, AzureNamedKeyCredential } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeCloudFile } from '../../local/cloud-file';
import { makeReadAssignmentTimes } from '../../shared/graph/assignment-times';
import { systemClock } from '../../shared/kernel/clock';
import { toUserId } from '../../shared/kernel/ids';
import { silentLogger } from '../../shared/kernel/logger';
import { systemRandom } from '../../shared/kernel/random';
import { restoreBackup } from '../../shared/ops/backup/restore-backup';
import type { RestoreReport } from '../../shared/ops/backup/restore-backup';
import { readCensus } from '../../shared/pipeline/census/walk-census';
import { makeTableAccess } from '../../shared/store/tables/table-stores';
import { makeEmbeddedCredential } from '../support/graph/embedded-credential';
import { ems, policyText, startRolloutWorld } from '../support/rollout-world';
import type { RolloutWorld } from '../support/rollout-world';
import { callCli } from '../support/run-cli';
import { waitUntil } from '../support/wait-until';

const policy = (more = '') => policyText([], `removal: { mode: remove, grace: 30d }\n${more}`);

/** All tables are lost, an older backup comes back; the embedded Graph's write log judges who is touched. */
describe('backup, loss of all tables, restore', () => {
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const cloudFile = join(folder, 'local.json');
  const backup = join(folder, 'backup');
  let world: RolloutWorld;
  let untouched: string;
  let givenByHand: string;
  let licensedLater: string;
  let before: number;
  let report: RestoreReport;

  const licenser = (...args: string[]) => callCli([...args, '--cloud-file', cloudFile]);
  const ledgerOf = async (id: string) => (await world.stores.users.read(toUserId(id))).ledger;
  const department = (id: string, name: string) => world.graph('PATCH', `/users/${id}`, { department: name });
  const census = async () => {
    const { state: last } = await readCensus(world.pipeline);
    const { code, stderr } = await licenser('census', 'start');
    expect([code, stderr]).toEqual([0, '']);
    return waitUntil('the census is done', async () => {
      const { state } = await readCensus(world.pipeline);
      return state !== undefined && state.id !== last?.id && state.phase === 'done' && state;
    });
  };
  const tables = () => {
    const { endpoint, accountName, accountKey } = world.cloud.file.tables;
    return { endpoint, credential: new AzureNamedKeyCredential(accountName, accountKey) };
  };

  beforeAll(async () => {
    world = await startRolloutWorld({
      policy: policy(),
      settings: { LICENSER_CENSUS_WALK_SCHEDULE: '*/1 * * * * *' },
    });
    writeCloudFile(cloudFile, world.cloud.file);
    [untouched = '', givenByHand = ''] = await world.hire(2, 'saved');
    await waitUntil('both are licensed', () => world.licensed([untouched, givenByHand]));
    const { code, stdout } = await licenser('backup', backup, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tables: { policies: 2, control: expect.any(Number) } });

    // What the ledger loses: a joiner after the backup, and a license that a person has given anew since.
    [licensedLater = ''] = await world.hire(1, 'later');
    await department(givenByHand, 'Elsewhere');
    for (const change of [
      { addLicenses: [], removeLicenses: [ems] },
      { addLicenses: [{ skuId: ems, disabledPlans: [] }], removeLicenses: [] },
    ])
      expect((await world.graph('POST', `/users/${givenByHand}/assignLicense`, change)).status).toBe(200);
    await waitUntil('the joiner is licensed', () => world.licensed([licensedLater]));

    await world.cloud.processes.functions.kill();
    const { endpoint, credential } = tables();
    const service = new TableServiceClient(endpoint, credential, { allowInsecureConnection: true });
    for await (const { name = '' } of service.listTables()) await service.deleteTable(name);
    before = await world.lastSeq();
    const tools = { clock: systemClock, random: systemRandom, logger: silentLogger };
    report = await restoreBackup(backup, {
      stores: world.stores,
      table: makeTableAccess({ ...tables(), ...tools }),
      readTimes: makeReadAssignmentTimes({
        credential: makeEmbeddedCredential(world.cloud.file.graph),
        graphOrigin: world.cloud.file.graph.origin,
        ...tools,
      }),
      tenantId: world.cloud.file.graph.tenantId,
      now: () => Date.now(),
      force: false,
      by: 'ann',
      why: 'the tables were lost',
      // The clocks of one machine, and licenses of some seconds ago.
      clockSkewMs: 0,
      noteNotClaimed: async () => undefined,
    });
    await world.cloud.processes.functions.restart();
  });
  afterAll(async () => {
    await world?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('claims what has not changed since, and not what a person has given', async () => {
    expect(report.ledger).toEqual({ kept: 1, changed: 1, gone: 0 });
    expect((await ledgerOf(untouched)).map(({ skuId }) => skuId)).toEqual([ems]);
    expect(await ledgerOf(givenByHand)).toEqual([]);
  });

  it('refuses to do it twice, with the exit code of wrong usage', async () => {
    const { code, stderr } = await licenser('restore', backup, '--why', 'again');

    expect([code, stderr]).toEqual([2, expect.stringContaining('has rows')]);
  });

  it('touches no user after a person has let it go on, also in a census', async () => {
    for (const scope of ['intake', 'apply']) expect((await licenser('queue', 'resume', scope)).code).toBe(0);

    const state = await census();

    expect(state.counts).toMatchObject({ inScope: expect.any(Number), unsettled: 0 });
    expect(await world.writesAfter(before)).toEqual([]);
    expect(await ledgerOf(givenByHand)).toEqual([]);
    expect((await ledgerOf(untouched))[0]?.notEntitledSince).toBeNull();
  });

  it('gets back what the ledger lost by a policy that adopts it, without a write', async () => {
    const file = join(folder, 'adopting.yaml');
    writeFileSync(file, policy('adopt: [EMS]\n'));

    const { code, stderr } = await licenser('policy', 'activate', file, '--why', 'adopt what was lost');
    expect([code, stderr]).toEqual([0, '']);
    await waitUntil('it is active', async () => (await world.stores.policies.pointer()).candidate === null);
    // A process knows the policy of some seconds ago, and decides by it: the next census finds that user again.
    await waitUntil('what was lost is adopted', async () => {
      await census();
      return (await ledgerOf(licensedLater)).length > 0;
    });

    expect(await ledgerOf(licensedLater)).toMatchObject([{ skuId: ems, adopted: true }]);
    // Who is not entitled is not adopted either: what a person gave stays that person's.
    expect(await ledgerOf(givenByHand)).toEqual([]);
    expect(await world.writesAfter(before)).toEqual([]);
  });
});
