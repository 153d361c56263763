import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { makeControlApi } from '@auto-licenser/graph-emulator/client';
import { makeOutcomeReader } from '../../../cli/local-cloud/outcomes';
import { followSync } from '../../../cli/local-cloud/follow-sync';
import { prepareCloud } from '../../../demo/prepare-cloud';
import { sampleSettings } from '../../../demo/sample-settings';
import { startCloud } from '../../../local/cloud';
import type { RunningCloud } from '../../../local/cloud';
import { freePorts } from '../../../local/cloud-ports';
import { openKeptState } from '../../../local/kept-state';
import { silentLogger } from '../../../shared/kernel/logger';
import { projectRoot } from '../../support/local-cloud';
import { waitUntil } from '../../support/wait-until';

const folder = mkdtempSync(join(tmpdir(), 'kept-cloud-'));
const policy = join(projectRoot, 'policy', 'sample-tenant.yaml');
let cloud: RunningCloud | undefined;
const spawned: string[] = [];

afterEach(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<RunningCloud> {
  const state = await openKeptState(folder, {
    tenantFile: undefined,
    policy: undefined,
    usualPolicy: policy,
  });
  state.release();
  cloud = await startCloud({
    root: projectRoot,
    log: silentLogger,
    ports: freePorts,
    settings: sampleSettings(state.policy, 1),
    secrets: state.secrets,
    ...state.data,
    onProcessSpawn: (process) => spawned.push(process),
  });
  await prepareCloud(cloud, { calm: true, isResumed: state.isResumed });
  return cloud;
}

const controlOf = ({ file }: RunningCloud) =>
  makeControlApi(file.graph, `http://127.0.0.1:${String(file.serviceBus.managementPort)}`);

describe('an embedded cloud that keeps its state', () => {
  it('goes on after every process was killed in the midst of a sync: no user lost, none licensed twice', async () => {
    const first = await start();
    // All that write what is kept are told before anything is ready, so that a later start can wait for each.
    expect(spawned.slice(0, 3).sort()).toEqual(['graph', 'serviceBus', 'tables']);
    const settled = await followSync(controlOf(first), makeOutcomeReader(first.file.tables), {
      users: 6,
      seed: 3,
      deadlineMs: 120_000,
    });
    const joiners = await controlOf(first).sync({ users: 8, seed: 4 });
    await waitUntil('the first of them is written', async () => {
      const log = await controlOf(first).writeLog(0);
      return log.some(({ userId }) => joiners.some(({ id }) => id === userId));
    });
    await Promise.all(Object.values(first.processes).map((each) => each.kill()));
    await first.stop();

    const second = await start();

    const all = [...settled.users, ...joiners];
    const outcomes = makeOutcomeReader(second.file.tables);
    await waitUntil('everyone has an outcome', async () => {
      const known = await outcomes.read();
      return all.every(({ id }) => known.get(id.toLowerCase()));
    });
    const known = await outcomes.read();
    for (const { id } of settled.users) {
      expect(known.get(id.toLowerCase())).toBe(settled.outcomes.get(id.toLowerCase()));
    }
    const log = await controlOf(second).writeLog(0);
    const given = log
      .filter(({ kind, effective, status }) => kind === 'assignLicense' && effective && status === 200)
      .flatMap(({ userId, add = [] }) => add.map(({ skuId }) => `${userId} ${skuId}`));
    expect(given.length).toBeGreaterThan(6);
    expect(new Set(given).size).toBe(given.length);
  });
});
