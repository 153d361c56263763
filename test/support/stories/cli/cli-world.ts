import { afterAll, beforeAll, expect } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { writeCloudFile } from '../../../../local/cloud-file';
import { toUserId } from '../../../../shared/kernel/ids';
import { startTestCloud } from '../../local-cloud';
import type { TestCloud } from '../../local-cloud';
import { callCli, runCli } from '../../run-cli';
import type { CliRun } from '../../run-cli';
import { waitUntil } from '../../wait-until';

/** Of the cloud. */
export const policy = `version: 1
mode: enforce
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country }
rules:
  - name: sales-ems-without-intune
    when: 'user.department -eq "Sales"'
    assign: [{ sku: EMS, disable: [INTUNE_A] }]
  - name: pilots
    memberOf: [SG-Engineering]
    assign: [{ sku: AAD_PREMIUM }]
adopt: [EMS]
`;

/** One cloud for all tests of a file, and the CLI that reaches it. Its parts may be used inside of tests. */
export type CliWorld = {
  readonly test: TestCloud;
  /** For files of the tests. */
  readonly folder: string;
  /** A command in the test's own process. */
  readonly licenser: (...args: string[]) => Promise<CliRun>;
  /** As a shell runs it: exit code and streams of a process. */
  readonly asProcess: (...args: string[]) => Promise<CliRun>;
  /** A command that must succeed, its JSON. */
  readonly json: <Answer>(...args: string[]) => Promise<Answer>;
  readonly writesOf: (userId: string) => Promise<readonly WriteLogEntry[]>;
  readonly untilOutcome: (userId: string, outcome: string) => Promise<unknown>;
};

/** Starts the cloud before the tests of the file that calls this, and stops it after them. */
export function useCliWorld(): CliWorld {
  let test: TestCloud;
  let folder: string;
  let cloudFile: string;

  const licenser = (...args: string[]) => callCli([...args, '--cloud-file', cloudFile]);
  /** As a shell runs it: exit code and streams of a process. */
  const asProcess = (...args: string[]) => runCli([...args, '--cloud-file', cloudFile]);
  /** A command that must succeed, its JSON. */
  const json = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await licenser(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer;
  };
  const writesOf = async (userId: string) =>
    (await test.control.writeLog(0)).filter((entry) => entry.userId === userId);
  const untilOutcome = (userId: string, outcome: string) =>
    waitUntil(`${userId} is ${outcome}`, async () => {
      const { state } = await test.stores.users.read(toUserId(userId));
      return state?.outcome === outcome;
    });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'licenser-cli-'));
    cloudFile = join(folder, 'local.json');
    const policyFile = join(folder, 'policy.yaml');
    writeFileSync(policyFile, policy);
    test = await startTestCloud({
      policy: policyFile,
      settings: { LICENSER_DELTA_SCHEDULE: '*/1 * * * * *' },
    });
    writeCloudFile(cloudFile, test.cloud.file);
  });
  afterAll(async () => {
    await test?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get test() {
      return test;
    },
    get folder() {
      return folder;
    },
    licenser,
    asProcess,
    json,
    writesOf,
    untilOutcome,
  };
}
