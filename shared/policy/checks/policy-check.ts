import type { Policy } from '../policy';
import type { Problem } from '../problem';
import type { Path } from '../file/yaml-source';
import type { GroupFinding } from './group-finding';
import type { ServicePlanConflicts, PolicySku } from './policy-catalogue';

/** What a check over a whole policy gets, and where it puts what it finds. */
export type PolicyCheckInput = {
  readonly policy: Policy;
  /** null: the names of SKUs and plans cannot be checked. */
  readonly skus: readonly PolicySku[] | null;
  /** What is to be said of groups, by their names as `foldText` writes them; null: not checked. */
  readonly groups: ReadonlyMap<string, GroupFinding> | null;
  readonly knowledge: ServicePlanConflicts | null;
};

export type Finding = {
  readonly severity: Problem['severity'];
  readonly code: Problem['code'];
  readonly message: string;
  readonly path: Path;
  readonly hint?: string;
};

export type PolicyCheck = (input: PolicyCheckInput) => readonly Finding[];
