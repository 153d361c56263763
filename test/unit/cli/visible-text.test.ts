import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printJson } from '../../../cli/io';
import type { Io } from '../../../cli/io';
import { planCsvParts, renderPlanCsv } from '../../../cli/render/render-csv';
import { renderDiagnosis } from '../../../cli/commands/doctor';
import { renderFailureList } from '../../../cli/render/render-failures';
import { renderPauses } from '../../../cli/render/render-pauses';
import { renderPlan } from '../../../cli/render/render-plan';
import { renderTable } from '../../../cli/render/render-table';
import {
  factsFor,
  visibleDocument,
  visibleFacts,
  visibleJson,
  visibleLine,
  visibleText,
} from '../../../cli/visible-text';
import { runProgram } from '../../../cli/program';
import type { PreviewView } from '../../../shared/ops/preview/preview-view';

// eslint-disable-next-line no-control-regex -- these are what must not come through
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Texts as no user should be called, and some as people are. */
const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b[2J\u001b[Hlicensed',
    'Ann\nok    users   all is well',
    '\u001b]0;title\u0007',
    '\u009b31m',
    'a\u202egnp.exe',
    '\u2066x\u2069',
    'tab\there',
    'cr\roverwrite',
    '=HYPERLINK("http://x";"y")',
    '+1',
    '-1',
    '@SUM(A1)',
    'Zoë 😀 李',
    '\u{e0041}\u{e0042}',
    'a\u2028b',
    '\u0000',
  ),
);

const plan = (name: string): PreviewView => ({
  policyHash: 'a'.repeat(64),
  stateHash: 'b'.repeat(64),
  users: 1,
  outcomes: { licensed: 1 },
  lines: [
    {
      id: '5012e829-ac3f-4592-b8f2-027849c021eb',
      userPrincipalName: name,
      outcome: 'blocked',
      gains: [name],
      loses: [],
      plansOn: [],
      plansOff: [{ sku: name, plans: [name] }],
      usageLocation: name,
      reduction: true,
      reasons: [{ code: 'x', text: `The country "${name}" is not known` }],
    },
  ],
  seats: [{ sku: name, seats: 1, takenBefore: 0, takenAfter: 1, waiting: 0 }],
  cost: null,
  guards: { usersWithLedger: 1, reductions: 1, changes: 0, exceeded: [name] },
  approval: [{ code: 'guard/reductions', text: name }],
  policies: [],
  unknown: [name],
  unreadable: [],
});

const view = {
  kind: 'failure',
  class: 'unknown',
  state: 'open',
  subject: 'x',
  userId: null,
  repair: 'r',
  lastAt: null,
  count: 1,
  settledBy: null,
} as const;
const renderings: Readonly<Record<string, (name: string) => string>> = {
  plan: (name) => renderPlan(visibleFacts(plan(name)), 100),
  'plan as CSV': (name) => renderPlanCsv(visibleFacts(plan(name))).replaceAll('\r\n', '\n'),
  doctor: (name) =>
    renderDiagnosis(
      visibleFacts({
        ok: false,
        checks: [{ name: 'users', state: 'fail', text: name, todo: `See ${name}` }],
      }),
    ),
  'failure list': (name) =>
    renderFailureList(
      visibleFacts({
        state: 'open',
        classes: [{ class: name, kind: 'failure', count: 1, repair: name, oldestAt: null }],
        total: 1,
        deadLetters: { listed: 0, total: 0 },
        skip: 0,
        entries: [{ ...view, userPrincipalName: name, reason: name }],
        dismissed: { count: 0, oldestAt: null },
        missing: [],
        oldPauses: [],
      }),
    ),
  pauses: (name) =>
    renderPauses(
      visibleFacts([
        { scope: name, origin: 'operator', reason: name, by: name, at: '2026-01-01T00:00:00Z' },
      ]) as never,
    ),
  'a table': (name) =>
    renderTable([{ title: 'a' }, { title: 'b', flexible: true }], visibleFacts([[name, name]])),
};

describe('what commands print of the directory', () => {
  it.each(Object.keys(renderings))('%s: nothing that a terminal obeys', (what) => {
    fc.assert(
      fc.property(names, (name) => {
        const text = renderings[what]?.(name) ?? '';
        expect(text).not.toMatch(obeyed);
      }),
      { numRuns: 300 },
    );
  });

  it.each(Object.keys(renderings))('%s: no line that a name invents', (what) => {
    const plain = renderings[what]?.('Ann').split('\n').length;

    expect(renderings[what]?.('A\nB').split('\n').length).toBe(plain);
  });

  it('shows what it does not print', () => {
    expect(visibleLine('a\u001b[31mb\nc\u202e\u{e0041}')).toBe('a\\u001b[31mb\\nc\\u202e\\u{e0041}');
    expect(visibleLine('Zoë 😀 李 می‌خواهم')).toBe('Zoë 😀 李 می‌خواهم');
  });

  it('of JSON is the same value, escaped', () => {
    fc.assert(
      fc.property(names, (name) => {
        let printed = '';
        const io = { print: (text: string) => void (printed += text) } as never;
        printJson(io, { name, list: [name] });
        expect(JSON.parse(printed)).toEqual({ name, list: [name] });
        expect(printed).not.toMatch(obeyed);
      }),
    );
  });

  it('leaves facts for JSON, dates, maps and functions as they are', () => {
    const facts = { name: 'a\nb', at: new Date(0), map: new Map([['a\n', 1]]), work: () => 'x' };

    expect(factsFor({ json: true }, facts)).toBe(facts);
    expect(visibleFacts(facts)).toEqual({ ...facts, name: 'a\\nb' });
  });

  it.each<[string, { readonly json?: unknown }]>([
    ['a terminal', {}],
    ['a terminal, said outright', { json: false }],
    ['a terminal, whatever else was asked for', { json: undefined }],
  ])('gives facts for %s as lines', (_what, options) => {
    const facts = { name: 'a\nb', rules: [{ name: '\u001b[2J' }], count: 3 };

    expect(factsFor(options, facts)).toEqual({ name: 'a\\nb', rules: [{ name: '\\u001b[2J' }], count: 3 });
  });

  it.each([
    ['a color', '\u001b[31mred', '\\u001b[31mred'],
    ['a move up', '\u001b[3Aover', '\\u001b[3Aover'],
    ['a clearing', 'gone\u001b[K', 'gone\\u001b[K'],
    ['clearing of all', '\u001b[J', '\\u001b[J'],
  ])('shows %s of a document, though it is one that this program uses', (_what, text, shown) => {
    expect(visibleDocument(`a: ${text}\n`)).toBe(`a: ${shown}\n`);
  });

  it('keeps the program’s own colors, cursor moves and line ends, and no other sequence', () => {
    expect(visibleText('\u001b[31mred\u001b[39m\r\u001b[K\n\t')).toBe(
      '\u001b[31mred\u001b[39m\r\u001b[K\n\t',
    );
    expect(visibleText('\u001b]0;t\u0007\u009b1m')).toBe('\\u001b]0;t\\u0007\\u009b1m');
    expect(visibleText('\u001b[2J\u001b[H\u001b[6n')).toBe('\\u001b[2J\\u001b[H\\u001b[6n');
  });
});

describe('what commands print of files that other people wrote', () => {
  /** Stands at the beginning of a line only when a text has made a line of its own. */
  const mark = 'INVENTED';
  const hostile = [
    `Ann\n${mark} ok`,
    `\u001b[2J\u001b[H${mark}`,
    `\u001b]0;${mark}\u0007`,
    `\u009b31m${mark}`,
    `a\u202e${mark}`,
    `x\u2028${mark}`,
  ];
  const policyOf = (text: string) =>
    JSON.stringify({
      version: 1,
      rules: [{ name: text, when: 'user.department -eq "Sales"', assign: [{ sku: 'EMS' }] }],
      tests: [{ name: text, user: { department: text }, expect: { EMS: {} } }],
    });
  const files: Readonly<Record<string, (text: string) => string>> = {
    'users.json': (text) => JSON.stringify([{ id: text, department: text, displayName: text }]),
    'rules.json': (text) =>
      JSON.stringify([{ id: text, rule: `user.department -eq "${text.replaceAll(/["\\]/g, '')}"` }]),
    'error.json': (text) => JSON.stringify({ error: { code: text, message: text } }),
    'policy.yaml': policyOf,
    'broken.yaml': (text) =>
      JSON.stringify({ version: 1, [text]: 1, rules: [{ name: text, assign: [{ sku: text }] }] }),
    'users.csv': (text) => `${JSON.stringify(text)},x\n1,2\n`,
  };
  const commands: readonly (readonly string[])[] = [
    ['rule', 'match', 'user.department -ne null', '--users', 'users.json'],
    ['rule', 'match', '--rules', 'rules.json', '--users', 'users.json'],
    ['rule', 'explain', 'user.department -eq "x"', '--user', 'users.json'],
    ['policy', 'check', 'broken.yaml'],
    ['policy', 'test', 'policy.yaml'],
    ['policy', 'test', 'broken.yaml'],
    ['graph-error', 'error.json'],
    ['apply', '--file', 'users.csv'],
  ];

  it.each(commands)(
    '%s %s %s %s %s: nothing that a terminal obeys, and no line of its own',
    async (...words) => {
      const args = words.filter((word) => typeof word === 'string');
      for (const text of hostile) for (const json of [[], ['--json']]) await judge([...args, ...json], text);
    },
  );

  it.each(hostile)('of a rule that is wrong: nothing that a terminal obeys (%j)', async (text) => {
    await judge(['rule', 'explain', `user.department -eq "x" "${text}"`, '--user', 'users.json'], text);
  });

  async function judge(args: readonly string[], text: string): Promise<void> {
    let out = '';
    const print = (part: string) => void (out += part);
    await runProgram([...args], {
      print,
      complain: print,
      readText: async (path) => files[path]?.(text) ?? '',
      now: () => 0,
    });
    const printed = visibleText(out);

    expect(out).toContain(mark);
    expect([args, text, obeyed.exec(printed)]).toEqual([args, text, null]);
    expect(printed.split('\n').filter((line) => line.trim().startsWith(mark))).toEqual([]);
  }

  it('of a policy: its own lines, and no sequence of the terminal', () => {
    expect(visibleDocument('a:\n\t- b # \u001b[2J\u202e\n')).toBe('a:\n\t- b # \\u001b[2J\\u202e\n');
  });
});

describe('CSV for a spreadsheet', () => {
  it.each(['=1+1', '+1', '-1', '@x', '=HYPERLINK("a","b")'])('makes %s a text', (name) => {
    const [, line = ''] = renderPlanCsv(plan(name)).split('\r\n');

    expect(line).toContain(`'${name.replaceAll('"', '""')}`);
    expect(line).not.toMatch(/(?:^|,)"?[=+@-]/);
  });
});

describe('long lists as JSON', () => {
  const item = (index: number) => ({ id: index, name: `a\n\u001b[2J${index}`, plans: [], gone: undefined });
  const long = Array.from({ length: 2_500 }, (_, index) => item(index));

  it.each<[string, unknown]>([
    [
      'of a plan',
      { 'po"licy': 'x', left: undefined, lines: long, seats: [{ sku: 'EMS' }], none: [], cost: null },
    ],
    ['alone', long],
    ['last', { users: 3, lines: [...long, undefined] }],
  ])('%s are printed by and by, as the same text', (_, value) => {
    const parts: string[] = [];
    printJson({ print: (text: string) => void parts.push(text) } as Io, value);

    expect(parts.join('')).toBe(`${visibleJson(value)}\n`);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(visibleJson(long).length / 2);
  });

  it('are printed at once where they are short', () => {
    const parts: string[] = [];
    printJson({ print: (text: string) => void parts.push(text) } as Io, { lines: long.slice(0, 1_000) });

    expect(parts).toHaveLength(1);
  });

  it('come as CSV by and by', () => {
    const [line] = plan('x').lines;
    const view = { ...plan('x'), lines: Array.from({ length: 2_500 }, () => line) } as PreviewView;

    expect([...planCsvParts(view)].map((part) => part.split('\r\n').length - 1)).toEqual([
      1, 1_000, 1_000, 500,
    ]);
  });
});
