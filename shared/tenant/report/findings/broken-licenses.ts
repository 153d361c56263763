import { findViolations } from '../../../licensing/service-plans/find-violations';
import { lineOf } from './finding-user';
import type { FindingInput, MakeFinding } from './finding-user';
import type { LicenseAssignmentState } from '../../../words/license';

/**
 * `error` of a license assignment.
 * https://learn.microsoft.com/graph/api/resources/licenseassignmentstate
 * https://learn.microsoft.com/entra/identity/users/licensing-groups-resolve-problems
 */
const meanings: Readonly<Record<string, string>> = {
  CountViolation: 'no seat was free: buy or free one, then reprocess the group',
  MutuallyExclusiveViolation:
    'a plan of it cannot be held with a plan the user has: switch one of the two off',
  DependencyViolation:
    'a plan of it needs another plan that the user lacks, or is needed by one: assign them together',
  ProhibitedInUsageLocationViolation: 'a service of it is not offered in the usage location of the user',
  UniquenessViolation: 'an address of the user belongs to another object too: remove one of them',
  Other: 'Microsoft gives no reason: the audit log of the group names it',
  Others: 'Microsoft gives no reason: the audit log of the group names it',
};

/** What an error of an assignment means, in a few words. */
export function meaningOf(error: string): string {
  return meanings[error] ?? 'an error that Microsoft does not document';
}

/** Group-based licensing assigns nothing of what failed, and says so in the portal alone. */
export const findGroupErrors: MakeFinding = (input) => {
  const found = input.seen
    .map(({ user }) => ({ user, failed: user.assignments.filter(isFailed) }))
    .filter(({ failed }) => failed.length > 0);
  return {
    code: 'groupErrors',
    title: 'Licenses of groups that were not assigned',
    text: 'The user is in the group and does not have the license. After the cause is gone, reprocess the group or the user in the portal.',
    count: found.length,
    cost: null,
    lines: found.map(({ user, failed }) =>
      lineOf(user, failed.map((one) => describe(one, input)).join('; ')),
    ),
  };
};

function isFailed({ assignedByGroup, error, state }: LicenseAssignmentState): boolean {
  return assignedByGroup !== null && (error !== null || state === 'Error' || state === 'ActiveWithError');
}

function describe(
  { skuId, assignedByGroup, error }: LicenseAssignmentState,
  { index, groupNames }: FindingInput,
): string {
  const group = assignedByGroup === null ? '' : (groupNames.get(assignedByGroup) ?? assignedByGroup);
  const code = error ?? 'Other';
  return `${index.skuName(skuId)} by ${group}: ${code}, ${meaningOf(code)}`;
}

/** Plans that Microsoft says cannot be held together, or that lack one they need: held all the same, from earlier days. */
export const findConflicts: MakeFinding = (input) => {
  const found = input.seen
    .map(({ user, held }) => ({
      user,
      violations: findViolations(
        new Map(
          held.map(({ skuId, on }) => [
            skuId,
            // Company plans come with a SKU, too.
            new Set([
              ...on,
              ...input.index.allPlans(skuId).filter((plan) => !input.index.userPlanSet(skuId).has(plan)),
            ]),
          ]),
        ),
        input.conflicts,
      ),
    }))
    .filter(({ violations }) => violations.length > 0);
  return {
    code: 'conflictingPlans',
    title: 'Plans that do not go together',
    text: 'Graph refuses the next change of these licenses until one of the plans is switched off, or the one that is needed is there.',
    count: found.length,
    cost: null,
    lines: found.map(({ user, violations }) =>
      lineOf(user, [...new Set(violations.map((one) => describeViolation(one, input)))].sort().join('; ')),
    ),
  };
};

function describeViolation(
  violation: ReturnType<typeof findViolations>[number],
  { index }: FindingInput,
): string {
  if (violation.kind === 'conflict') {
    const [one, other] = violation.sides;
    return `${index.planName(one.plan)} (${index.skuName(one.skuId)}) and ${index.planName(other.plan)} (${index.skuName(other.skuId)})`;
  }
  const needed = violation.anyOf.map((plan) => index.planName(plan)).join(' or ');
  return `${index.planName(violation.plan.plan)} (${index.skuName(violation.plan.skuId)}) without ${needed}`;
}
