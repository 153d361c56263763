import { describe, expect, it } from '@jest/globals';
import type { SourceFile } from 'typescript';
import { load } from './load';
import type { Mutant } from './load';

type ParametersOf = (name: string) => readonly (string | undefined)[] | undefined;
type ResultOf = (name: string) => string | undefined;
type Options = { readonly table?: unknown; readonly resultOf?: ResultOf };
const { applyMutant, findMutants, isWellFormed, readParameters, readResults } = load<{
  applyMutant: (text: string, mutant: Mutant) => string;
  findMutants: (
    file: string,
    source: SourceFile,
    parametersOf?: ParametersOf,
    options?: Options,
  ) => readonly Mutant[];
  isWellFormed: (file: string, text: string) => boolean;
  readParameters: (sources: ReadonlyMap<string, SourceFile>) => ParametersOf;
  readResults: (sources: ReadonlyMap<string, SourceFile>) => ResultOf;
}>('mutants/find-mutants.js');
const { planted } = load<{ planted: unknown }>('mutants/planted.js');
const { parse } = load<{ parse: (file: string, text: string) => SourceFile }>('mutants/functions.js');

function mutantsOf(text: string, table?: unknown): readonly Mutant[] {
  const source = parse('a.ts', text);
  const sources = new Map([['a.ts', source]]);
  const options = { ...(table === undefined ? {} : { table }), resultOf: readResults(sources) };
  return findMutants('a.ts', source, readParameters(sources), options);
}

/** The mutated texts of one operator. */
const textsOf = (operator: string, text: string, table?: unknown) =>
  mutantsOf(text, table)
    .filter((mutant) => mutant.operator === operator)
    .map((mutant) => applyMutant(text, mutant));

const cases: readonly [operator: string, text: string, ...becomes: string[]][] = [
  ['condition', 'if (a) b();', 'if (!(a)) b();'],
  ['condition', 'const c = !a ? 1 : 2;', 'const c = a ? 1 : 2;'],
  ['condition', 'while (a < b) step();', 'while (!(a < b)) step();'],
  ['bound', 'const c = a < b;', 'const c = a <= b;'],
  ['bound', 'const c = a >= b;', 'const c = a > b;'],
  ['equality', 'const c = a !== b;', 'const c = a === b;'],
  ['equality', 'if (a === b) c();'],
  ['logic', 'const d = a && b || c;', 'const d = a && b && c;', 'const d = a || b || c;'],
  ['opposite', 'const c = Math.min(a, b);', 'const c = Math.max(a, b);'],
  ['opposite', 'const c = list.some(isOpen);', 'const c = list.every(isOpen);'],
  ['opposite', 'const c = limits.min(a);'],
  ['fallback', 'const c = a ?? b;', 'const c = a;'],
  ['statement', 'a(); const b = c();', '; const b = c();'],
  [
    'statement',
    'await a(); b = c; delete d.e;',
    '; b = c; delete d.e;',
    'await a(); ; delete d.e;',
    'await a(); b = c; ;',
  ],
  ['statement', 'class A extends B { constructor() { super(); } }'],
  [
    'arguments',
    'function move(a: string, b: string) {} move(c, d);',
    'function move(a: string, b: string) {} move(d, c);',
  ],
  ['arguments', 'function move(a: string, b: number) {} move(c, d);'],
  ['arguments', "says('a', 'b');", "says('b', 'a');"],
  [
    'constant',
    'function is(): boolean { return a(); }',
    'function is(): boolean { return true; }',
    'function is(): boolean { return false; }',
  ],
  ['constant', 'const list = (): readonly string[] => a();', 'const list = (): readonly string[] => [];'],
  [
    'constant',
    'async function find(): Promise<User | undefined> { return a(); }',
    'async function find(): Promise<User | undefined> { return undefined; }',
  ],
  [
    'constant',
    'const open = all.filter((one) => one.end > now);',
    'const open = all.filter((one) => true);',
    'const open = all.filter((one) => false);',
  ],
  [
    'await',
    'async () => { await send(); commit(); }',
    'async () => { commit(); await send(); }',
    'async () => { void send(); commit(); }',
  ],
  [
    'await',
    'async () => { const page = await read(); await send(page); }',
    'async () => { const page = await read(); void send(page); }',
  ],
  ['off by one', 'const last = list[list.length - 1];', 'const last = list[list.length - 2];'],
  ['off by one', 'const timing = { retry: 30 };'],
  ['optional', 'const c = a?.b;', 'const c = a.b;'],
  ['optional', 'a?.();', 'a();'],
  [
    'callback',
    'const c = list.filter(isOpen).map(toRow);',
    'const c = list.filter(isOpen);',
    'const c = list.map(toRow);',
  ],
];

describe('the operators', () => {
  it.each(cases)('%s: %s', (operator, text, ...becomes) => {
    expect([...textsOf(operator, text)].sort()).toEqual([...becomes].sort());
  });

  it('leave well-formed TypeScript', () => {
    for (const [, text] of cases) {
      for (const mutant of mutantsOf(text)) {
        expect(`${isWellFormed('a.ts', applyMutant(text, mutant))} ${applyMutant(text, mutant)}`).toMatch(
          /^true/,
        );
      }
    }
    expect(isWellFormed('a.ts', 'const a = ;')).toBe(false);
  });

  it('change no type and no import', () => {
    expect(
      mutantsOf("import { a } from './a'; type B = C extends 1 ? 2 : 3; interface D { e?: 'f' }"),
    ).toEqual([]);
  });

  it('swap no arguments of functions that share a name and take different things', () => {
    const text = `
      class A { move(a: string, b: string) {} }
      class B { move(a: string, b: number) {} }
      it.move(c, d);`;

    expect(textsOf('arguments', text)).toEqual([]);
  });
});

const read = 'async function read(id: string): Promise<Row> {}';
const mistakes: readonly [operator: string, text: string, ...becomes: string[]][] = [
  ['order', 'async () => { await send(); commit(); }', 'async () => { commit(); await send(); }'],
  ['order', 'async () => { note(); commit(); }'],
  ['etag', 'write(next, row.etag);', "write(next, (row.etag && '*'));"],
  ['etag', 'write(next, row?.etag ?? null);', "write(next, (row?.etag && '*') ?? null);"],
  ['etag', 'const known = { etag: row.etag };', "const known = { etag: (row.etag && '*') };"],
  ['etag', 'const known = { etag, value };', "const known = { etag: (etag && '*'), value };"],
  ['etag', 'const { etag } = row; if (row.etag === null) go();'],
  ['item', '() => { for (const a of all) b(); }', '() => { for (const a of [...all].slice(1)) b(); }'],
  ['item', '() => [...all];', '() => [...[...all].slice(1)];'],
  ['item', '() => [a, b];', '() => [a];'],
  ['item', '() => all.map(toRow);', '() => all.slice(1).map(toRow);'],
  ['item', 'const codes = [1, 2]; async () => { for await (const a of all) b(); }'],
  [
    'wrong',
    'function move(from: Row, to: Row, at: number) { put(to); }',
    'function move(from: Row, to: Row, at: number) { put(from); }',
  ],
  [
    'wrong',
    'function move(from: Row, to: Row) { return { to }; }',
    'function move(from: Row, to: Row) { return { to: from }; }',
  ],
  ['wrong', 'function move(from: Row, to: string) { put(to); }'],
  [
    'wrong',
    `${read} async (a: string) => { const b = await read(a); const c = await read(a); put(c.id); }`,
    `${read} async (a: string) => { const b = await read(a); const c = await read(a); put(b.id); }`,
  ],
  [
    'reread',
    `${read} async (row: Row) => { const now = await read(row.id); }`,
    `${read} async (row: Row) => { const now = row; }`,
  ],
  ['reread', `${read} async (id: string) => { const now = await read(id); }`],
  ['reread', 'async (a) => { let row = first; row = await read(); }', 'async (a) => { let row = first; ; }'],
  ['reread', 'async () => { let text; text = await read(); }'],
  ['reread', 'async () => { if (await hasGone()) return; go(); }', 'async () => { ; go(); }'],
  ['reread', 'async () => { if (await hasGone()) go(); }'],
  ['reread', 'async () => old ? old : await read();', 'async () => (old);'],
];

describe('the planted mistakes', () => {
  it.each(mistakes)('%s: %s', (operator, text, ...becomes) => {
    expect([...textsOf(operator, text, planted)].sort()).toEqual([...becomes].sort());
  });

  it('leave well-formed TypeScript', () => {
    const texts = mistakes.flatMap(([, text]) =>
      mutantsOf(text, planted).map((mutant) => applyMutant(text, mutant)),
    );
    expect(texts.filter((text) => !isWellFormed('a.ts', text))).toEqual([]);
  });

  it('belong to no usual run', () => {
    expect(textsOf('etag', 'write(next, row.etag);')).toEqual([]);
  });
});

describe('a mutant', () => {
  const text = [
    'function outer(a: number) {',
    '  if (a > 1) {',
    '    return 0;',
    '  }',
    '  return a;',
    '}',
  ].join('\n');

  it('says where it is, and what stands in its lines', () => {
    expect(mutantsOf(text).find(({ operator }) => operator === 'bound')).toMatchObject({
      ...{ file: 'a.ts', line: 2, lastLine: 2, was: 'if (a > 1) {', becomes: 'if (a >= 1) {', inFunction: 1 },
    });
  });

  it('keeps its name when other lines change, and has another one when its own does', () => {
    const idOf = (one: string) => mutantsOf(one).find(({ operator }) => operator === 'bound')?.id;

    expect(idOf(`// A comment.\n${text.replace('return 0', 'return 7')}`)).toBe(idOf(text));
    expect(idOf(text.replace('a > 1', 'a > 2'))).not.toBe(idOf(text));
  });

  it('has a name of its own beside the same line elsewhere in the file', () => {
    const ids = mutantsOf('function a() { go(); }\nfunction b() { go(); }\n').map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
  });
});
