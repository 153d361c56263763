import { createRequire } from 'node:module';

/** A part of the runner: plain JavaScript, which has no types; a test says what it takes from it. */
export function load<Part>(path: string): Part {
  return createRequire(__filename)(`../../../../scripts/mutation/${path}`) as Part;
}

/** What the runner says of a mutant. */
export type Mutant = {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly lastLine: number;
  readonly operator: string;
  readonly was: string;
  readonly becomes: string;
  readonly inFunction: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
};
