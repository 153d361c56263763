/** One thing wrong with an input text: where, what, and how to fix it. Lines and columns count from 1. */
export type Problem = {
  readonly severity: 'error' | 'warning';
  /** `area/what`, stable; for machines and for the docs. */
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** Path inside a policy file, such as `rules.0.when`. */
  readonly path?: string;
  readonly hint?: string;
};
