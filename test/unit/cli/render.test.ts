import { describe, expect, it } from '@jest/globals';
import { renderSkus } from '../../../cli/commands/sku/list';
import { renderDiagnosis } from '../../../cli/commands/doctor';
import { renderFailureList } from '../../../cli/render/render-failures';
import { renderHistory } from '../../../cli/commands/user/history';
import { renderQueues } from '../../../cli/commands/queue/status';
import { renderUser } from '../../../cli/render/render-user';
import { fail, ok } from '../../../shared/ops/doctor/finding';
import type { UserView } from '../../../shared/ops/users/show-user';

const longName = 'Microsoft_365_Copilot_Something_With_A_Very_Long_Name_Indeed_2026';
const sentence = 'Every word of this sentence must be found again, however narrow the column may be.';

const user: UserView = {
  id: '5012e829-ac3f-4592-b8f2-027849c021eb',
  inDirectory: true,
  userPrincipalName: 'a.very.long.name.of.a.person.in.a.far.away.subsidiary@subsidiary.contoso.example.com',
  displayName: 'Ann Bakker',
  department: 'Sales',
  country: 'NL',
  userType: 'Member',
  accountEnabled: true,
  synced: true,
  usageLocation: null,
  outcome: 'waiting',
  reasons: [{ code: 'seats/exhausted', text: sentence }],
  skus: [],
  next: { at: '2026-01-01T10:00:00.000Z', text: 'Look again.', attempts: 3 },
  policyHash: null,
  firstSeenAt: null,
  decidedAt: '2026-01-01T09:00:00.000Z',
  writtenAt: null,
  licenses: [
    {
      skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
      skuPartNumber: 'EMS',
      assignments: [
        { by: 'group', group: { id: 'g', displayName: 'LIC-EMS' }, state: 'Error', error: 'CountViolation' },
      ],
      plans: [
        {
          servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5',
          servicePlanName: 'INTUNE_A',
          provisioningStatus: 'Disabled',
          appliesTo: 'User',
          offBy: 'other',
        },
      ],
      ledger: { rules: ['staff'], adopted: true },
    },
  ],
  explanation: {
    outcome: 'waiting',
    policyHash: 'a'.repeat(64),
    findings: [],
    skus: [
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as never,
        skuPartNumber: 'EMS',
        held: ['inherited'],
        owner: null,
        outcome: null,
        text: 'EMS comes from a group; no rule of the policy grants it.',
        rules: [],
        plans: [
          {
            servicePlanId: 'c1ec4a95-1f05-45b3-a911-aa3fa01094f5' as never,
            servicePlanName: 'INTUNE_A',
            now: 'off',
            policy: null,
            text: 'Off in the license of the group.',
          },
        ],
      },
      {
        skuId: '06ebc4ee-1bb5-47dd-8120-11324bc54e06' as never,
        skuPartNumber: 'SPE_E5',
        held: [],
        owner: null,
        outcome: null,
        text: `SPE_E5 is not granted: ${sentence}`,
        rules: [],
        plans: [],
      },
    ],
  },
  notExplained: null,
  exceptions: [
    {
      kind: 'neverTouch',
      userId: '5012e829-ac3f-4592-b8f2-027849c021eb',
      userPrincipalName: null,
      what: 'nothing is written',
      by: 'ada',
      why: 'a lawsuit',
      at: '2026-01-01T09:00:00.000Z',
      until: null,
      isOver: false,
    },
  ],
};

const screens: readonly (readonly [string, string])[] = [
  [
    'sku list',
    renderSkus([
      {
        skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
        skuPartNumber: longName,
        appliesTo: 'User',
        capabilityStatus: 'Suspended',
        seats: { enabled: 1_000_000, consumed: 999_999, free: 1 },
        assignable: false,
        note: sentence,
        plans: 7,
      },
    ]),
  ],
  ['user show', renderUser(user)],
  [
    'user history',
    renderHistory({
      id: user.id,
      userPrincipalName: null,
      entries: [
        {
          ...{ at: '2026-01-01T09:00:00.000Z', version: 1, step: 'written', text: sentence },
          ...{
            facts: { rollout: 'activation-1' },
            by: `${longName}@contoso.com`,
            approvedBy: 'bob@contoso.com',
          },
        },
      ],
    }),
  ],
  [
    'queue status',
    renderQueues([
      {
        queue: 'license-changes-bulk',
        exists: true,
        active: 123_456,
        scheduled: 7,
        deadLettered: 2,
        oldestAgeMs: 90_000,
        missing: null,
      },
      {
        queue: 'license-changes',
        exists: false,
        active: 0,
        scheduled: 0,
        deadLettered: 0,
        oldestAgeMs: null,
        missing: null,
      },
    ]),
  ],
  [
    'failure list',
    renderFailureList({
      state: 'open',
      classes: [
        {
          class: 'MaxDeliveryCountExceeded',
          kind: 'deadLetter',
          count: 1,
          repair: sentence,
          oldestAt: '2026-01-01T09:00:00.000Z',
        },
      ],
      total: 2,
      deadLetters: { listed: 2, total: 400 },
      skip: 0,
      entries: [
        {
          kind: 'deadLetter',
          class: 'MaxDeliveryCountExceeded',
          state: 'open',
          subject: 'message:hint-1',
          userId: null,
          userPrincipalName: null,
          reason: sentence,
          repair: sentence,
          lastAt: null,
          count: 11,
          settledBy: { by: 'ann', why: sentence, at: '2026-01-01T09:00:00.000Z' },
          queue: 'directory-changes',
          messageId: 'hint-1',
        },
      ],
      dismissed: { count: 3, oldestAt: '2026-01-01T09:00:00.000Z' },
      missing: [],
      oldPauses: [
        {
          scope: 'sku:efccb6f7-5641-4e0e-bd10-b4976e1bf68e',
          origin: 'operator',
          reason: sentence,
          by: 'ann',
          at: '2026-01-01T09:00:00.000Z',
          ageMs: 9e7,
          isOld: true,
        },
      ],
    }),
  ],
  [
    'doctor',
    renderDiagnosis({
      ok: false,
      checks: [ok('users', sentence), fail('delta position', sentence, sentence)],
    }),
  ],
];

describe('user show', () => {
  it('tells why of each SKU and plan, why not of the others, and the exceptions', () => {
    const screen = renderUser(user);

    expect(screen).toMatch(/^ {2}why +EMS comes from a group; no rule of the policy grants it\.$/m);
    expect(screen).toMatch(/^ {2}off +INTUNE_A\n +Off in the license of the group\.$/m);
    expect(screen).toMatch(/^SPE_E5 {2}not held\n {2}why +SPE_E5 is not granted: /m);
    expect(screen).toMatch(
      /^exception\n {2}what +never touch: nothing is written\n {2}until +it is released$/m,
    );
  });

  it('says what stands in the way of telling why', () => {
    const screen = renderUser({ ...user, explanation: null, notExplained: 'p.yaml is no policy' });

    expect(screen).toMatch(/^why not +not to be told now: p\.yaml is no policy$/m);
  });
});

describe('screens', () => {
  it.each(screens.filter(([name]) => name !== 'user show'))('%s fits 80 columns', (_name, screen) => {
    expect(screen.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(screens)('%s has no colors into a pipe', (_name, screen) => {
    expect(screen).not.toContain('\u001b');
  });

  it.each(screens.filter(([name]) => name !== 'queue status'))('%s loses no word', (_name, screen) => {
    const words = screen.split(/\s+/);

    expect(words).toEqual(expect.arrayContaining(sentence.split(' ')));
  });

  it('user show tells what is off and by whom, and what comes next', () => {
    const screen = renderUser(user);

    expect(screen).toMatch(/^outcome +waiting$/m);
    expect(screen).toMatch(/^next +2026-01-01 10:00:00\.000 \(UTC\), attempt 3: Look again\.$/m);
    expect(screen).toMatch(/^ +assigned +by group LIC-EMS, Error \(CountViolation\)$/m);
    expect(screen).toMatch(/^ +INTUNE_A +Disabled +other$/m);
    expect(screen).toMatch(/^location +no usage location$/m);
  });

  it('user show breaks a name that is longer than a line, and loses none of it', () => {
    const lines = renderUser(user).split('\n');

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(renderUser(user).replace(/\s+/g, '')).toContain(user.userPrincipalName);
  });
});
