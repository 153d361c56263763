import { describe, expect, it } from '@jest/globals';
import type { Io } from '../../../cli/io';
import { runProgram } from '../../../cli/program';
import { parseCsv } from '../../../cli/read/read-csv';
import { makeProgressBar, renderProgress } from '../../../cli/render/progress-bar';
import { renderPlanCsv } from '../../../cli/render/render-csv';
import { renderUserExplanation } from '../../../cli/render/render-explanation';
import { renderPlan } from '../../../cli/render/render-plan';
import type { UserExplanation } from '../../../shared/ops/users/explain-user';
import type { PlanLineView, PreviewView } from '../../../shared/ops/preview/preview-view';

const sentence = 'The mailbox goes with it: "Exchange Online" deletes it after 30 days, as Microsoft says.';
const longName = 'a.very.long.name.of.a.person.in.a.far.away.subsidiary@subsidiary.contoso.example.com';

const line = (changes: Partial<PlanLineView> = {}): PlanLineView => ({
  id: '5012e829-ac3f-4592-b8f2-027849c021eb',
  userPrincipalName: longName,
  outcome: 'licensed',
  gains: ['SPE_E5'],
  loses: ['SPE_E3'],
  plansOn: [{ sku: 'EMS', plans: ['AAD_PREMIUM'] }],
  plansOff: [{ sku: 'EMS', plans: ['INTUNE_A', 'MFA_PREMIUM'] }],
  usageLocation: 'NL',
  reduction: true,
  reasons: [{ code: 'removal/due', text: sentence }],
  ...changes,
});
const plan = (changes: Partial<PreviewView> = {}): PreviewView => ({
  policyHash: 'a'.repeat(64),
  stateHash: 'b'.repeat(64),
  users: 3,
  outcomes: { licensed: 2, nothing: 0, waiting: 1 },
  lines: [line(), line({ userPrincipalName: null, outcome: 'waiting', gains: [], loses: [] })],
  seats: [{ sku: 'Microsoft_365_Copilot', seats: 1_000, takenBefore: 999, takenAfter: 1_000, waiting: 1 }],
  cost: { before: 866.8, after: 1005.6 },
  guards: { usersWithLedger: 9, reductions: 1, changes: 2, exceeded: [sentence] },
  approval: [{ code: 'guard/reductions', text: sentence }],
  unreadable: [],
  policies: [
    { policyHash: 'a'.repeat(64), users: 2 },
    { policyHash: 'c'.repeat(64), users: 1 },
  ],
  unknown: ['unknown@contoso.com'],
  ...changes,
});

const explanation: UserExplanation = {
  id: '5012e829-ac3f-4592-b8f2-027849c021eb',
  userPrincipalName: 'ann@contoso.com',
  displayName: 'Ann Bakker',
  policyHash: 'a'.repeat(64),
  outcome: 'nothing',
  reasons: [{ code: 'license/right', text: sentence }],
  findings: [],
  scope: {
    truth: true,
    when: {
      expression: 'user.accountEnabled -eq true',
      kind: 'comparison',
      result: true,
      property: 'user.accountEnabled',
      value: true,
      parts: [],
    },
  },
  skus: [
    {
      skuId: 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e' as never,
      skuPartNumber: 'EMS',
      held: ['direct'],
      owner: 'adopted',
      outcome: 'nothing',
      text: sentence,
      rules: [],
      plans: [
        ['AAD_PREMIUM', 'on', 'On.'],
        ['INTUNE_A', 'off', 'Switched off by hand, and stays off.'],
        ['MFA_PREMIUM', 'on', 'On.'],
      ].map(([name, now, text]) => ({
        servicePlanId: `id of ${String(name)}` as never,
        servicePlanName: String(name),
        now: now as 'on',
        policy: 'on' as const,
        text: String(text),
      })),
    },
  ],
  rules: [
    {
      name: 'engineers',
      truth: false,
      when: null,
      memberOf: ['SG-Engineering'],
      memberships: [],
      unknownGroups: [],
      grants: ['SPE_E5'],
      without: ['YAMMER_ENTERPRISE'],
    },
    {
      name: 'everybody',
      truth: true,
      when: null,
      memberOf: [],
      memberships: [],
      unknownGroups: [],
      grants: ['EMS'],
      without: [],
    },
    {
      name: 'blind',
      truth: 'undecided',
      when: null,
      memberOf: ['SG-X'],
      memberships: null,
      unknownGroups: [],
      grants: [],
      without: [],
    },
  ],
};

describe('the screen of a plan', () => {
  const screen = renderPlan(plan(), 100);

  it.each([
    ['a plan', screen],
    ['an explanation', renderUserExplanation(explanation)],
  ])('%s fits 80 columns, without colors into a pipe', (_, text) => {
    expect(text.split('\n').filter((each) => each.length > 80)).toEqual([]);
    expect(text).not.toContain('\u001b');
  });

  it('says what comes, goes and changes, what would be lost, seats, cost, guards and both hashes', () => {
    const words = screen.replace(/\s+/g, ' ');

    expect(words).toContain('Plan for 3 users: 2 licensed, 1 waiting');
    expect(screen).toMatch(/\+ SPE_E5; - SPE_E3; on/);
    expect(screen.split(/\s+/)).toEqual(expect.arrayContaining(['INTUNE_A,', ...sentence.split(' ')]));
    expect(screen).toMatch(/^Microsoft_365_Copilot +1000 +999 +1000 +0 +1$/m);
    expect(words).toContain('866.80 a month now, 1005.60 after (+138.80)');
    expect(words).toContain('guards 1 would lose something, 2 who hold something would change');
    expect(words).toContain('unknown the tenant has no user unknown@contoso.com');
    expect(screen).toContain(`policy     ${'a'.repeat(64)}`);
    expect(words).toContain(`but 1 user by their own, ${'c'.repeat(64)}`);
    expect(screen).toContain(`state      ${'b'.repeat(64)}`);
    expect(screen.trimEnd().endsWith('Nothing was written.')).toBe(true);
  });

  it('shows no more users than asked for, and says how to get the rest', () => {
    const short = renderPlan(plan({ lines: Array.from({ length: 5 }, () => line()) }), 2);

    expect(short).toContain('… and 3 more: --limit 5, --csv or --json');
    expect(screen).not.toContain('more:');
  });

  it('says so when nothing would change', () => {
    const idle = renderPlan(plan({ lines: [], seats: [], cost: null, unknown: [] }), 100);

    expect(idle).toContain('Nothing would change.');
    expect(idle).not.toMatch(/outcome|SKU|cost/);
  });
});

describe('a plan as CSV', () => {
  it('reads back as it was, whatever is in it', () => {
    const [header, first, second] = parseCsv(renderPlanCsv(plan()), 'plan.csv').map(({ fields }) => fields);
    const row = Object.fromEntries((header ?? []).map((name, index) => [name, first?.[index]]));

    expect(row).toEqual({
      id: line().id,
      userPrincipalName: longName,
      outcome: 'licensed',
      gains: 'SPE_E5',
      loses: 'SPE_E3',
      plansOn: 'EMS:AAD_PREMIUM',
      plansOff: 'EMS:INTUNE_A; EMS:MFA_PREMIUM',
      usageLocation: 'NL',
      reduction: 'true',
      reasons: sentence,
    });
    expect(second?.[1]).toBe('');
  });
});

describe('the progress of a plan', () => {
  it.each([
    [{ step: 'reading', done: 2_000, total: null } as const, 'reading what was recorded: 2,000 users'],
    [{ step: 'users', done: 1_998, total: null } as const, 'planning: 1,998 users'],
    [
      { step: 'users', done: 50, total: 100 } as const,
      `planning [${'#'.repeat(15)}${'.'.repeat(15)}] 50 of 100 users`,
    ],
    [{ step: 'users', done: 7, total: 7 } as const, `planning [${'#'.repeat(30)}] 7 of 7 users`],
  ])('%j', (progress, text) => {
    expect(renderProgress(progress)).toBe(text);
  });

  it('is redrawn ten times a second at most, and leaves no trace', () => {
    const drawn: string[] = [];
    let now = 0;
    const bar = makeProgressBar(
      (text) => drawn.push(text),
      () => now,
    );

    bar.show({ step: 'users', done: 1, total: 9 });
    bar.show({ step: 'users', done: 2, total: 9 });
    now = 100;
    bar.show({ step: 'users', done: 3, total: 9 });
    bar.end();

    expect(drawn.map((text) => /(\d) of 9/.exec(text)?.[1])).toEqual(['1', '3', undefined]);
    expect(drawn.at(-1)).toBe('\r\u001b[K');
  });
});

describe('the screen of an explanation', () => {
  const screen = renderUserExplanation(explanation);

  it('shows plans of one state and reason together, exceptions first', () => {
    expect(screen.indexOf('INTUNE_A')).toBeLessThan(screen.indexOf('AAD_PREMIUM'));
    expect(screen).toMatch(/^ {2}off +INTUNE_A\n +Switched off by hand, and stays off\.$/m);
    expect(screen).toMatch(/^ {2}on +AAD_PREMIUM, MFA_PREMIUM$/m);
    expect(screen).toMatch(/^ {2}held +directly, adopted by the policy$/m);
  });

  it('goes through the rules clause by clause', () => {
    expect(screen).toMatch(
      /^scope\n {2}true +user.accountEnabled -eq true {3}<- user.accountEnabled is true$/m,
    );
    expect(screen).toMatch(/^rule engineers: false \(SPE_E5; without YAMMER_ENTERPRISE\)$/m);
    expect(screen).toMatch(/^ {2}false +member of SG-Engineering {3}<- in none of them$/m);
    expect(screen).toMatch(/^rule everybody: true \(EMS\)\n {2}true +every user in scope$/m);
    expect(screen).toMatch(/^ {2}undecided +member of SG-X {3}<- the memberships were not read$/m);
  });
});

describe('wrong usage', () => {
  const files: Readonly<Record<string, string>> = { 'bad.yaml': 'version: 1\nrules: 7\n' };

  it.each([
    [['plan', '--user', 'a', '--all'], 'one of the three at most'],
    [['plan', '--csv', '--json'], 'cannot be used with'],
    [['plan', '--limit', 'many'], 'expected a whole number'],
    [['plan', '--policy', 'missing.yaml'], 'there is no such file'],
    [['plan', '--policy', 'bad.yaml'], 'bad.yaml:2'],
    [['explain'], "missing required argument 'user'"],
    [['explain', 'ann@contoso.com', '--policy', 'bad.yaml'], 'bad.yaml is no valid policy'],
    [['plan', '--cloud-file', '/nowhere/local.json'], 'npm start'],
  ])('%j ends with 2', async (args, text) => {
    const complained: string[] = [];
    const io: Io = {
      print: () => undefined,
      complain: (each) => void complained.push(each),
      readText: async (path) => {
        const found = files[path];
        if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
        return found;
      },
      now: () => 0,
    };

    const code = await runProgram(args, io);

    expect(code).toBe(2);
    expect(complained.join('')).toContain(text);
  });
});
