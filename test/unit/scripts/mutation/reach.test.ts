import { createContext, runInContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';
import type { SourceFile } from 'typescript';
import { load } from './load';

const { functionAt, functionsIn, noteFunctions, parse } = load<{
  functionAt: (functions: readonly unknown[], position: number) => number;
  functionsIn: (source: SourceFile) => readonly unknown[];
  noteFunctions: (file: string, text: string) => string;
  parse: (file: string, text: string) => SourceFile;
}>('mutants/functions.js');

/** The numbers that running the noted source leaves, and what its last expression gives. */
function run(text: string, last: string): { readonly value: unknown; readonly reached: readonly number[] } {
  const script = transpile(noteFunctions('a.ts', text), {
    target: ScriptTarget.ES2023,
    module: ModuleKind.CommonJS,
  });
  const context = createContext({ exports: {} });
  runInContext(script, context);
  const value: unknown = runInContext(last, context);
  const reached = runInContext('[...mutationReached["a.ts"]]', context) as readonly number[];
  return { value, reached: [...reached].sort() };
}

const text = `
const twice = (a: number) => a * 2;
const make = (a: number) => ({ add: (b: number) => a + b });
function outer(a: number): number {
  const inner = () => { return never(); };
  return a > 100 ? inner() : twice(a);
}
class Box { get size(): number { return 3; } }
`;

describe('a source that notes which functions are reached', () => {
  it('does what it did, and tells the functions that ran', () => {
    // 1 twice, 2 make, 3 add, 4 outer, 5 inner, 6 size
    expect(run(text, 'outer(4)')).toEqual({ value: 8, reached: [0, 1, 4] });
    expect(run(text, 'make(1).add(2)')).toEqual({ value: 3, reached: [0, 2, 3] });
    expect(run(text, 'new Box().size')).toEqual({ value: 3, reached: [0, 6] });
  });

  it('keeps the numbers of its lines', () => {
    const noted = noteFunctions('a.ts', text).split('\n');

    for (const [index, line] of text.split('\n').entries()) {
      expect(noted[index]?.replaceAll(/\(?noteReached\(\d+\)[;,] ?/g, '')).toContain(
        line.slice(0, 12).trimEnd(),
      );
    }
  });

  it('numbers a place by the innermost function around it', () => {
    const functions = functionsIn(parse('a.ts', text));

    expect(functionAt(functions, text.indexOf('never'))).toBe(5);
    expect(functionAt(functions, text.indexOf('a > 100'))).toBe(4);
    expect(functionAt(functions, text.indexOf('const make'))).toBe(0);
  });
});
