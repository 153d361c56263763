import type { Problem } from '../problem';
import type { Path } from './yaml-source';

/** Where the checks of a policy file put what they find. */
export type Report = (
  severity: Problem['severity'],
  code: Problem['code'],
  message: string,
  position: { readonly line: number; readonly column: number },
  path: Path,
  hint?: string,
) => void;
