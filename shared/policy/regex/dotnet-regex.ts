import { RE2JS } from 're2js';
import { foldCase } from '../fold-case';
import { makeBudgetedMatcher } from './budgeted-matcher';
import { toLinearPattern } from './linear-pattern';
import { toLiteralTest } from './literal-test';
import { nodesOf, parseRegex } from './parse-regex';
import { largestPattern, mostLinearWork, sizeOf } from './pattern-size';
import { RegexError } from './regex-error';
import type { RegexNode } from './regex-syntax';

/** A pattern of -match: searched anywhere in the value, letter case ignored. */
export type DotnetRegex = {
  readonly pattern: string;
  /** false: it cannot be run here, and `why` says what stands in the way. */
  readonly canRun: boolean;
  readonly why: string;
  /** `undecided`: it cannot be run, or not within the step budget. */
  test(text: string): boolean | 'undecided';
};

export type DotnetRegexProblem = {
  readonly error: { readonly message: string; readonly at: number; readonly hint?: string };
};

const lineBreakOrSurrogate = /[\n\ud800-\udfff]/;
const notAscii = /[^\0-\x7f]/;
/** Values repeat from user to user; answers for the last ones are kept. */
const remembered = 256;

/**
 * Reads a pattern as .NET would. Plain texts are compared; what is regular runs in linear time (RE2); the rest in a
 * matcher with a step budget.
 */
export function parseDotnetRegex(pattern: string): DotnetRegex | DotnetRegexProblem {
  let root: RegexNode;
  try {
    root = parseRegex(pattern);
  } catch (thrown) {
    if (!(thrown instanceof RegexError)) throw thrown;
    const { message, at, hint } = thrown;
    return { error: { message, at, ...(hint === undefined ? {} : { hint }) } };
  }
  const unsupported = [...nodesOf(root)].find((node) => node.kind === 'unsupported');
  if (unsupported?.kind === 'unsupported') {
    return { pattern, canRun: false, why: unsupported.what, test: () => 'undecided' };
  }
  const size = sizeOf(root);
  if (size > largestPattern) {
    const why = `its repetitions make it ${String(size)} steps long, and ${String(largestPattern)} are the most`;
    return { pattern, canRun: false, why, test: () => 'undecided' };
  }
  return { pattern, canRun: true, why: '', test: remember(makeTest(root, size)) };
}

function makeTest(root: RegexNode, size: number): (text: string) => boolean | 'undecided' {
  const literal = toLiteralTest(root);
  const hasBoundary = [...nodesOf(root)].some(
    (node) => node.kind === 'assertion' && (node.assertion === 'boundary' || node.assertion === 'noBoundary'),
  );
  const outside = hasBoundary ? notAscii : lineBreakOrSurrogate;
  let linear: ((text: string) => boolean) | undefined | null = null;
  let budgeted: ((text: string) => boolean | 'undecided') | undefined;
  const budgetedTest = (text: string) => (budgeted ??= makeBudgetedMatcher(root))(text);
  return (text) => {
    if (!lineBreakOrSurrogate.test(text) && !outside.test(text)) {
      if (literal !== undefined) return literal(foldCase(text));
      if (size * text.length > mostLinearWork) return budgetedTest(text);
      if (linear === null) linear = compileLinear(root);
      if (linear !== undefined) return linear(text);
    }
    return budgetedTest(text);
  };
}

/** undefined: RE2 has no word for the pattern, or refuses it as too large. */
function compileLinear(root: RegexNode): ((text: string) => boolean) | undefined {
  const pattern = toLinearPattern(root);
  if (pattern === undefined) return undefined;
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    return (text) => compiled.test(text);
  } catch {
    return undefined;
  }
}

function remember(test: (text: string) => boolean | 'undecided'): (text: string) => boolean | 'undecided' {
  const answers = new Map<string, boolean | 'undecided'>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size >= remembered) answers.clear();
    const answer = test(text);
    answers.set(text, answer);
    return answer;
  };
}
