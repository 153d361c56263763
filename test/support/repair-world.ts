import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { writeCloudFile } from '../../local/cloud-file';
import { toUserId } from '../../shared/kernel/ids';
import type { UserState } from '../../shared/words/user-state';
import { never, startTestCloud } from './local-cloud';
import type { TestCloud } from './local-cloud';
import { callCli } from './run-cli';
import type { CliRun } from './run-cli';
import { waitUntil } from './wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
export const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';

/** EMS for Sales as `emsGrant` says, and without INTUNE_A for Finance. Nothing is taken away. */
export const repairPolicy = (emsGrant: string) => `version: 1
scope: { when: 'user.accountEnabled -eq true' }
usageLocation: { from: country }
rules:
  - name: sales
    when: 'user.department -eq "Sales"'
    assign: [${emsGrant}]
  - name: finance
    when: 'user.department -eq "Finance"'
    assign: [{ sku: EMS }]
    without: [INTUNE_A]
removal: { mode: keep }
`;

export type Write = {
  readonly add: string[];
  readonly off: string[];
  readonly remove: string[];
  readonly status: number;
};

/** A cloud with that policy, and what an operator repairs it with. */
export type RepairWorld = {
  readonly test: TestCloud;
  /** For files of the test; gone with the world. */
  readonly folder: string;
  /** The CLI against this cloud. */
  licenser(...args: string[]): Promise<CliRun>;
  /** A command that must succeed, its JSON. */
  json<Answer>(...args: string[]): Promise<Answer>;
  /** Ids of new users of a department, whose usage location is known. */
  bring(department: string, count?: number): Promise<string[]>;
  bringOne(department: string): Promise<string>;
  stateOf(id: string): Promise<UserState | null>;
  untilOutcome(ids: readonly string[], outcome: string, meanwhile?: () => Promise<unknown>): Promise<unknown>;
  /** Every assignLicense call for a user, in order. */
  writesOf(id: string): Promise<Write[]>;
  heldBy(id: string): Promise<{ skuId: string; off: string[] }[]>;
  change(id: string, properties: Record<string, unknown>): Promise<unknown>;
  setSeats(seats: number): Promise<void>;
  takenSeats(): Promise<number>;
  stop(): Promise<void>;
};

export async function startRepairWorld(): Promise<RepairWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'licenser-repair-'));
  const cloudFile = join(folder, 'local.json');
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, repairPolicy('{ sku: EMS }'));
  const test = await startTestCloud({
    policy: policyFile,
    quotaFactor: 20,
    settings: {
      LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
      LICENSER_ROLLOUT_SCHEDULE: '*/2 * * * * *',
      LICENSER_WAITING_SCHEDULE: never,
      LICENSER_CENSUS_WALK_SCHEDULE: never,
      LICENSER_DEAD_LETTER_SCHEDULE: never,
    },
  });
  writeCloudFile(cloudFile, test.cloud.file);
  let next = 0;

  const licenser = (...args: string[]) => callCli([...args, '--cloud-file', cloudFile]);
  const json = async <Answer>(...args: string[]): Promise<Answer> => {
    const { code, stdout, stderr } = await licenser(...args, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Answer;
  };
  const bring = async (department: string, count = 1) =>
    (
      await test.bring(
        Array.from({ length: count }, () => {
          const name = `repair${String(++next)}`;
          return {
            userPrincipalName: `${name}@contoso.com`,
            mailNickname: name,
            displayName: name,
            accountEnabled: true,
            userType: 'Member',
            department,
            country: 'NL',
            usageLocation: 'NL',
          };
        }),
      )
    ).map(({ id }) => id);
  const bringOne = async (department: string) => (await bring(department))[0] ?? '';
  const stateOf = async (id: string) => (await test.stores.users.read(toUserId(id))).state;
  const untilOutcome = (
    ids: readonly string[],
    outcome: string,
    meanwhile: () => Promise<unknown> = async () => undefined,
  ) =>
    waitUntil(
      `${String(ids.length)} users are ${outcome}`,
      async () => {
        await meanwhile();
        const left = new Set(ids);
        for await (const { userId, state } of test.stores.users.list()) {
          if (state.outcome === outcome) left.delete(userId);
        }
        return left.size === 0;
      },
      120_000,
    );
  /** Every assignLicense call for a user, in order. */
  const writesOf = async (id: string): Promise<Write[]> =>
    (await test.control.writeLog(0))
      .filter((entry) => entry.userId === id && entry.kind === 'assignLicense')
      .map(({ add = [], remove = [], status }) => ({
        add: add.map(({ skuId }) => skuId),
        off: add.flatMap(({ disabledPlans }) => disabledPlans),
        remove: [...remove],
        status,
      }));
  const heldBy = async (id: string) => {
    const { body } = await test.graph('GET', `/users/${id}?$select=assignedLicenses`);
    return (body['assignedLicenses'] as { skuId: string; disabledPlans: string[] }[]).map(
      ({ skuId, disabledPlans }) => ({ skuId, off: disabledPlans }),
    );
  };
  const change = (id: string, properties: Record<string, unknown>) =>
    test.graph('PATCH', `/users/${id}`, properties);
  const setSeats = async (seats: number) => {
    await fetch(`${test.cloud.file.graph.origin}/_local/skus/${ems}`, {
      method: 'PATCH',
      headers: controlHeaders(test.cloud.file.graph),
      body: JSON.stringify({ enabled: seats }),
    });
  };
  const takenSeats = async () => {
    const skus = await json<{ skuId: string; seats: { consumed: number } }[]>('sku', 'list');
    return skus.find(({ skuId }) => skuId === ems)?.seats.consumed ?? 0;
  };

  return {
    test,
    folder,
    licenser,
    json,
    bring,
    bringOne,
    stateOf,
    untilOutcome,
    writesOf,
    heldBy,
    change,
    setSeats,
    takenSeats,
    stop: async () => {
      await test.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
