import { childrenOf } from './regex-syntax';
import type { RegexNode } from './regex-syntax';

/**
 * How many steps a linear engine keeps under way at once: each copy that a counted repetition makes counts. Beside the
 * length of the text it tells how long a test takes.
 */
export function sizeOf(node: RegexNode): number {
  const inner = childrenOf(node).reduce((all, child) => all + sizeOf(child), 0);
  if (node.kind !== 'repeat') return 1 + inner;
  const copies = node.max === Infinity ? node.min + 1 : node.max;
  return 1 + inner * Math.max(1, copies);
}

/** A pattern with more steps than this is not run at all: `policy check` says so. */
export const largestPattern = 20_000;

/** Steps times characters of one test; about a tenth of a second. What is longer goes to the matcher with a budget. */
export const mostLinearWork = 2_000_000;
