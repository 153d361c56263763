import { toUserId } from '../../shared/kernel/ids';
import type { JudgedWrite } from './faults/disturbed-sync';
import type { TestCloud } from './local-cloud';
import { waitUntil } from './wait-until';
import type { TimelineStep } from '../../shared/words/timeline';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
export const ems = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
export const intune = 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5';

/** A joiner of department Sales, for whom the sample policy has EMS without INTUNE_A; no usage location yet. */
export const joiner = (name: string, extra: Record<string, unknown> = {}) => ({
  userPrincipalName: `${name}@contoso.onmicrosoft.com`,
  mailNickname: name,
  displayName: name,
  accountEnabled: true,
  userType: 'Member',
  department: 'Sales',
  country: 'NL',
  ...extra,
});

/** Waits until the row says licensed, with nothing open. */
export async function waitUntilLicensed(test: TestCloud, userId: string, timeoutMs = 120_000): Promise<void> {
  await waitUntil(
    `user ${userId} is licensed`,
    async () => {
      const { state } = await test.stores.users.read(toUserId(userId));
      return state?.outcome === 'licensed' && state.intent === null;
    },
    timeoutMs,
  );
}

// Real ids: https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
const forEngineers: readonly string[] = [
  '06ebc4ee-1bb5-47dd-8120-11324bc54e06', // SPE_E5
  '05e9a617-0261-4cee-bb44-138d3ef5d965', // SPE_E3
];

/**
 * Waits until the user holds what the sample policy has for members of SG-Engineering: SPE_E5, or its fallback SPE_E3
 * while users of other files have the six free seats of the sample tenant.
 */
export async function waitUntilEngineer(test: TestCloud, userId: string): Promise<void> {
  await waitUntil(`user ${userId} holds what engineers get`, async () => {
    const { state, ledger } = await test.stores.users.read(toUserId(userId));
    return state?.intent === null && ledger.some(({ skuId }) => forEngineers.includes(skuId));
  });
}

export async function judgedLog(test: TestCloud): Promise<readonly JudgedWrite[]> {
  const answer = await fetch(`${test.cloud.file.graph.origin}/_local/write-log`);
  return ((await answer.json()) as { entries: JudgedWrite[] }).entries;
}

export type JoinerVerdict = {
  /** Kinds of the writes that took effect, in order. */
  readonly effective: readonly string[];
  /** Writes after which a license that was there is gone. */
  readonly losses: number;
  readonly holds: readonly unknown[];
  readonly outcome: string | null | undefined;
  readonly ledger: readonly string[];
  readonly isOpen: boolean;
  readonly steps: readonly TimelineStep[];
};

/** What Graph's write log, the tenant and the tables say of one joiner. */
export async function judgeJoiner(test: TestCloud, userId: string): Promise<JoinerVerdict> {
  const log = (await judgedLog(test)).filter((entry) => entry.userId === userId && entry.effective);
  const { body } = await test.graph('GET', `/users/${userId}?$select=id,assignedLicenses`);
  const { state, ledger } = await test.stores.users.read(toUserId(userId));
  const timeline = await test.stores.users.timeline(toUserId(userId));
  const skus = (write: JudgedWrite, side: 'before' | 'after') =>
    (write[side]?.directLicenses ?? []).map(({ skuId }) => skuId);
  return {
    effective: log.map(({ kind }) => kind),
    losses: log.filter((write) => skus(write, 'before').some((sku) => !skus(write, 'after').includes(sku)))
      .length,
    holds: body['assignedLicenses'] as unknown[],
    outcome: state?.outcome,
    ledger: ledger.map(({ skuId }) => skuId),
    isOpen: state?.intent !== null,
    steps: timeline.map(({ step }) => step),
  };
}

/** What every joiner must have come to, whatever happened on the way. */
export const licensedOnce = {
  effective: ['usageLocation', 'assignLicense'],
  losses: 0,
  holds: [{ skuId: ems, disabledPlans: [intune] }],
  outcome: 'licensed',
  ledger: [ems],
  isOpen: false,
} as const;

/** No message is waiting or locked. */
export async function waitUntilQuiet(test: TestCloud): Promise<void> {
  await waitUntil('the queues are idle', async () => {
    const queues = Object.values(await test.control.queueCounters());
    return queues.every(({ active, locked }) => active + locked === 0);
  });
}

/** Settings of the embedded Graph, such as faults; those that are not named stay. */
export async function setFaults(
  { cloud }: TestCloud,
  faults: Readonly<Record<string, unknown>>,
): Promise<void> {
  const answer = await fetch(`${cloud.file.graph.origin}/_local/faults`, {
    method: 'POST',
    headers: controlHeaders(cloud.file.graph),
    body: JSON.stringify(faults),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
