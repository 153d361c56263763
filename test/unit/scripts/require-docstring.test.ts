import { createRequire } from 'node:module';
import { describe, it } from '@jest/globals';
import { RuleTester } from 'eslint';
import type { Rule } from 'eslint';
import tseslint from 'typescript-eslint';

const requireDocstring = createRequire(__filename)(
  '../../../scripts/require-docstring.js',
) as Rule.RuleModule;

RuleTester.describe = describe;
RuleTester.it = it;

const errors = [{ messageId: 'missing' }];

new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('require-docstring', requireDocstring, {
  valid: [
    '/** Adds. */ export function add(a: number): number { return a; }',
    '/** Adds. */ export const add = (a: number) => a;',
    '/** Reads. */ export function read(a: string): string; export function read(a: number): number; export function read(a: unknown): unknown { return a; }',
    'function inner() {}',
    'export const limit = 5;',
    'export class Box {}',
    'export type Size = number;',
  ],
  invalid: [
    { code: 'export function add(a: number): number { return a; }', errors },
    { code: '// Adds.\nexport const add = (a: number) => a;', errors },
    { code: 'export async function* walk() {}', errors },
    { code: '/* Adds. */ export const add = function () {};', errors },
  ],
});
