import { describe, expect, it } from '@jest/globals';
import type { WriteLogEntry } from '@auto-licenser/graph-emulator/client';
import { collectWhys, describeWhy } from '../../../cli/local-cloud/describe-why';
import { describeWrite } from '../../../cli/local-cloud/describe-write';
import type { OutcomeRow } from '../../../cli/local-cloud/outcomes';
import { makeWriteLines, wantsColor } from '../../../cli/local-cloud/write-lines';

const names = { sku: (id: string) => id.toUpperCase(), plan: (id: string) => id.toUpperCase() };
const user = { id: 'u1', userPrincipalName: 'ann.bakker.300@contoso.com', readableAt: 1_000 };
const write = (extra: Partial<WriteLogEntry> = {}): WriteLogEntry => ({
  seq: 1,
  at: 4_250,
  method: 'POST',
  kind: 'assignLicense',
  userId: 'u1',
  status: 200,
  effective: true,
  add: [{ skuId: 'ems', disabledPlans: ['intune_a'] }],
  remove: [],
  units: 3,
  ...extra,
});
const rules = new Map([['ems', ['staff-ems-without-intune']]]);

describe('describeWrite', () => {
  it.each([
    [write(), { rules }, '  3.3 s  ann.bakker.300         EMS without INTUNE_A  staff-ems-without-intune'],
    [write(), {}, '  3.3 s  ann.bakker.300         EMS without INTUNE_A'],
    [
      write({ add: [{ skuId: 'spe_e5', disabledPlans: [] }], remove: ['spe_e3'] }),
      { rules: new Map([['spe_e5', ['engineers']]]) },
      '  3.3 s  ann.bakker.300         SPE_E5, removed SPE_E3  engineers',
    ],
    [
      write({ kind: 'usageLocation', usageLocation: 'NL', status: 204, add: [] }),
      { rules },
      '  3.3 s  ann.bakker.300         usage location NL',
    ],
    [
      write({ status: 429 }),
      { rules },
      '  3.3 s  ann.bakker.300         EMS without INTUNE_A  throttled (429)',
    ],
    [
      write({ status: 400 }),
      { locationSetAt: 4_000 },
      '  3.3 s  ann.bakker.300         EMS without INTUNE_A  location too new (400)',
    ],
    [write({ status: 400 }), {}, '  3.3 s  ann.bakker.300         EMS without INTUNE_A  refused (400)'],
  ])('%#', (entry, facts, expected) => {
    expect(describeWrite(entry, user, names, facts)).toBe(expected);
  });

  it.each([200, 400, 429, 503])('keeps to 80 columns (%i)', (status) => {
    const plans = Array.from({ length: 9 }, (_, index) => `plan_number_${String(index)}`);
    const long = write({ status, add: [{ skuId: 'a_long_sku_name', disabledPlans: plans }] });
    const longNamed = { ...user, userPrincipalName: `${'x'.repeat(60)}@contoso.com` };

    expect(describeWrite(long, longNamed, names, { rules }).length).toBeLessThanOrEqual(80);
  });

  it('leaves out a rule that does not fit', () => {
    const long = new Map([['ems', ['a-rule-with-a-name-that-is-much-too-long-for-it']]]);

    expect(describeWrite(write(), user, names, { rules: long })).toMatch(/INTUNE_A$/);
  });
});

describe('makeWriteLines', () => {
  it('dims what is no license yet on a terminal, and knows when the location was set', async () => {
    const lineOf = makeWriteLines({ readRules: async () => rules }, names, { color: true });

    const location = await lineOf(write({ kind: 'usageLocation', usageLocation: 'NL', status: 204 }), user);
    const refused = await lineOf(write({ status: 400 }), user);
    const done = await lineOf(write(), user);

    expect(location).toBe('\u001b[2m  3.3 s  ann.bakker.300         usage location NL\u001b[22m');
    expect(refused).toContain('location too new (400)');
    expect(done).toMatch(/^ {2}3\.3 s .* staff-ems-without-intune$/);
  });

  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{}, {}, false],
  ])('colors for %j with %j: %s', (stream, env, expected) => {
    expect(wantsColor(stream, env)).toBe(expected);
  });
});

describe('why', () => {
  const row = (outcome: string | null, text: string, skuOutcome = outcome): OutcomeRow => ({
    outcome,
    version: 1,
    reasons: [{ code: 'the/row', text: 'the row says so' }],
    skus: skuOutcome === null ? [] : [{ skuId: 's', outcome: skuOutcome, reason: { code: 'a/b', text } }],
  });
  const rows = new Map([
    ['a', row('waiting', 'no seat')],
    ['b', row('blocked', 'no location')],
    ['c', row('waiting', 'no seat')],
    ['d', row('licensed', 'fine')],
    ['e', row(null, 'not yet')],
    ['f', row('failed', 'unused', null)],
    ['g', row('waiting', 'other')],
    ['stranger', row('blocked', 'not ours')],
  ]);
  const users = ['A', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((id) => ({ id }));

  it('counts users by reason, only of those who got less than the policy says', () => {
    expect(collectWhys(users, rows)).toEqual([
      { outcome: 'waiting', code: 'a/b', text: 'no seat', users: 2 },
      { outcome: 'waiting', code: 'a/b', text: 'other', users: 1 },
      { outcome: 'blocked', code: 'a/b', text: 'no location', users: 1 },
      { outcome: 'failed', code: 'the/row', text: 'the row says so', users: 1 },
    ]);
  });

  it('wraps at 80 columns and says nothing of nothing', () => {
    const [why] = collectWhys(users, rows);
    if (why === undefined) throw new Error('no reason');

    const text = describeWhy([{ ...why, text: 'word '.repeat(60).trim() }]);

    expect(text).toMatch(/^Why\n {7}2 {2}waiting: word word/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text.match(/word/g)).toHaveLength(60);
    expect(describeWhy([])).toBe('');
  });
});
