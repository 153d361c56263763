import type { FindingCode } from '../kernel/error-codes/findings';

/** One thing wrong with an input text: where, what, and how to fix it. Lines and columns count from 1. */
export type Problem = {
  readonly severity: 'error' | 'warning';
  /** Stable; for machines and for docs/errors.md. */
  readonly code: FindingCode;
  readonly message: string;
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** Path inside a policy file, such as `rules.0.when`. */
  readonly path?: string;
  readonly hint?: string;
};
