import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toAppSettings } from '../../local/app-settings';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { loadConfig } from '../../shared/config/config';
import { toUserId } from '../../shared/kernel/ids';
import { silentLogger } from '../../shared/kernel/logger';
import type { Services } from '../../shared/pipeline/services';
import { buildServices } from '../../shared/wiring';
import { makeEmbeddedCredential } from './graph/embedded-credential';
import { projectRoot, startTestCloud } from './local-cloud';
import type { TestCloud } from './local-cloud';
import { waitUntil } from './wait-until';
import type { MemberState, Rollout, RolloutMember, RolloutState } from '../../shared/words/rollout';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
export const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
export const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';

export const operator = { by: 'ann', why: 'a test' };
/** Another person than the one who asks. */
export const approver = { by: 'bob', why: 'a test' };

/** EMS for Trading, a department that the sample tenant does not have, with these plans off; `more`: further keys of the policy. */
export function policyText(disable: readonly string[], more = ''): string {
  const off = disable.length === 0 ? '' : `, disable: [${disable.join(', ')}]`;
  return `version: 1
usageLocation: { from: country }
${more}rules:
  - name: traders
    when: 'user.department -eq "Trading"'
    assign:
      - { sku: EMS${off} }
`;
}

export type RolloutWorld = TestCloud & {
  /** The tables and queues of the cloud, as an operator's CLI opens them. */
  readonly pipeline: Services;
  readonly policyFile: string;
  /** Users of Trading whose location is known: one write licenses them. */
  hire(count: number, name: string): Promise<readonly string[]>;
  /** Each of these newcomers has been licensed, as their row says. */
  licensed(ids: readonly string[]): Promise<boolean>;
  /** Effective license writes after this one. */
  writesAfter(seq: number): Promise<readonly WriteLogEntry[]>;
  lastSeq(): Promise<number>;
  /** Per user the EMS plans that are off in the tenant now; null: no EMS. */
  plansOff(ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[] | null>>;
  rollout(id: string): Promise<Rollout>;
  reach(id: string, state: RolloutState, timeoutMs?: number): Promise<Rollout>;
  ended(id: string, timeoutMs?: number): Promise<Rollout>;
  members(id: string): Promise<readonly RolloutMember[]>;
  count(id: string): Promise<Partial<Record<MemberState, number>>>;
};

/** The embedded cloud with a policy of its own, rollouts fed every second. */
export async function startRolloutWorld(options: {
  readonly policy: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly quotaFactor?: number;
}): Promise<RolloutWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'rollouts-'));
  const policyFile = join(folder, 'policy.yaml');
  writeFileSync(policyFile, options.policy);
  const test = await startTestCloud({
    policy: policyFile,
    ...(options.quotaFactor === undefined ? {} : { quotaFactor: options.quotaFactor }),
    settings: {
      LICENSER_DELTA_SCHEDULE: '*/1 * * * * *',
      LICENSER_ROLLOUT_SCHEDULE: '*/1 * * * * *',
      ...options.settings,
    },
  });
  const pipeline = buildServices(loadConfig(toAppSettings(test.cloud.file, projectRoot)), silentLogger, {
    credential: makeEmbeddedCredential(test.cloud.file.graph),
    outageBudgetMs: 10_000,
    mayStorePolicy: false,
  });
  let hired = 0;
  const wereLicensed = new Set<string>();
  const rollout = async (id: string) => {
    const found = await test.stores.rollouts.read(id);
    if (found === undefined) throw new Error(`no rollout ${id}`);
    return found;
  };
  const reach = (id: string, state: RolloutState, timeoutMs = 120_000) =>
    waitUntil(
      `rollout ${id} is ${state}`,
      async () => {
        const found = await rollout(id);
        return found.state === state && found;
      },
      timeoutMs,
    );
  const members = async (id: string) => {
    const found: RolloutMember[] = [];
    for await (const member of test.stores.rollouts.members(id)) found.push(member);
    return found;
  };
  return {
    ...test,
    pipeline,
    policyFile,
    hire: async (count, name) => {
      const people = Array.from({ length: count }, () => {
        const nickname = `${name}${++hired}`;
        return {
          userPrincipalName: `${nickname}@contoso.onmicrosoft.com`,
          mailNickname: nickname,
          displayName: nickname,
          accountEnabled: true,
          userType: 'Member',
          department: 'Trading',
          country: 'NL',
          usageLocation: 'NL',
        };
      });
      return (await test.bring(people)).map(({ id }) => id);
    },
    licensed: async (ids) => {
      for (const id of ids) {
        // Who was licensed once need not be read again while the others are waited for.
        if (wereLicensed.has(id)) continue;
        if ((await test.stores.users.read(toUserId(id))).state?.outcome !== 'licensed') return false;
        wereLicensed.add(id);
      }
      return true;
    },
    writesAfter: async (seq) =>
      (await test.control.writeLog(seq)).filter(
        ({ kind, effective }) => kind === 'assignLicense' && effective,
      ),
    lastSeq: async () => (await test.control.writeLog(0)).at(-1)?.seq ?? 0,
    plansOff: async (ids) => {
      const wanted = new Set(ids);
      const found = new Map<string, readonly string[] | null>();
      let path = '/users?$select=id,assignedLicenses&$top=999';
      while (path !== '') {
        const { body } = await test.graph('GET', path);
        type Listed = { id: string; assignedLicenses: { skuId: string; disabledPlans: string[] }[] };
        for (const user of body['value'] as Listed[]) {
          if (!wanted.has(user.id)) continue;
          const license = user.assignedLicenses.find(({ skuId }) => skuId === ems);
          found.set(user.id, license === undefined ? null : [...license.disabledPlans].sort());
        }
        const next = body['@odata.nextLink'] as string | undefined;
        path = next === undefined ? '' : next.slice(next.indexOf('/v1.0') + 5);
      }
      return found;
    },
    rollout,
    reach,
    // A write that a kill interrupted may still take effect: a rollout waits up to four minutes for it before it ends.
    ended: (id, timeoutMs = 420_000) =>
      waitUntil(
        `rollout ${id} has ended`,
        async () => {
          const found = await rollout(id);
          return found.endedAt !== null && found;
        },
        timeoutMs,
      ),
    members,
    count: async (id) => {
      const counts: Partial<Record<MemberState, number>> = {};
      for (const { state } of await members(id)) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    },
    stop: async () => {
      await pipeline.close();
      await test.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
