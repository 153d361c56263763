import { isoTime } from '../../kernel/clock';
import { UserError } from '../../kernel/errors';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { LicenseDetail } from '../../graph/directory';
import { exceptionsOf } from '../exceptions/list-exceptions';
import type { ExceptionView } from '../exceptions/list-exceptions';
import { explainLicenses } from './explain-user';
import type { ExplainingPipeline, UserExplanation } from './explain-user';
import { findUserOrExplain } from './find-user';
import type { FoundUser } from './find-user';
import { whatIsNext } from './what-is-next';
import type { NextStep } from './what-is-next';
import type { LedgerEntry } from '../../words/ledger';
import type { Reason } from '../../words/reason';

/** How a user came by a SKU: directly, or by one of their groups. */
export type AssignmentView = {
  readonly by: 'direct' | 'group';
  readonly group?: { readonly id: string; readonly displayName: string | null };
  /** Active, ActiveWithError, Disabled or Error. */
  readonly state: string;
  readonly error: string | null;
};

export type UserPlanView = {
  readonly servicePlanId: string;
  readonly servicePlanName: string;
  readonly provisioningStatus: string;
  readonly appliesTo: string;
  /** Switched off for this user by the policy, or by another hand; null: not switched off. */
  readonly offBy: 'policy' | 'other' | null;
};

export type UserLicenseView = {
  readonly skuId: string;
  readonly skuPartNumber: string;
  readonly assignments: readonly AssignmentView[];
  readonly plans: readonly UserPlanView[];
  /** What is ours of it: the rules that gave it, and whether it was assigned by hand before; null: nothing is. */
  readonly ledger: { readonly rules: readonly string[]; readonly adopted: boolean } | null;
};

export type UserView = {
  readonly id: string;
  /** False: Graph does not know the user (any more); what is shown is what was stored. */
  readonly inDirectory: boolean;
  readonly userPrincipalName: string | null;
  readonly displayName: string | null;
  readonly department: string | null;
  readonly country: string | null;
  readonly userType: string | null;
  readonly accountEnabled: boolean | null;
  readonly synced: boolean;
  readonly usageLocation: string | null;
  /** null: none yet. */
  readonly outcome: string | null;
  readonly reasons: readonly Reason[];
  readonly skus: readonly {
    readonly skuPartNumber: string;
    readonly outcome: string;
    readonly reason: string;
  }[];
  readonly next: NextStep | null;
  readonly policyHash: string | null;
  /** ISO 8601. */
  readonly firstSeenAt: string | null;
  readonly decidedAt: string | null;
  readonly writtenAt: string | null;
  readonly licenses: readonly UserLicenseView[];
  /** What a look would decide now: each SKU and plan on or off because of which rule or earlier hand, and why not. */
  readonly explanation: Pick<UserExplanation, 'outcome' | 'policyHash' | 'findings' | 'skus'> | null;
  /** Why there is no explanation; null: there is one. */
  readonly notExplained: string | null;
  /** What people decided for this user, also what has ended. */
  readonly exceptions: readonly ExceptionView[];
};

/**
 * Everything about one user's licenses, by id or userPrincipalName.
 * @throws UserError `ops/unknown-user`
 */
export async function showUser(pipeline: ExplainingPipeline, idOrUpn: string): Promise<UserView> {
  const found = await findUserOrExplain(pipeline, idOrUpn);
  const [skus, details, explained] = await Promise.all([
    pipeline.directory.listSkus(),
    found.snapshot === undefined ? [] : pipeline.directory.readLicenseDetails(found.id),
    explain(pipeline, found),
  ]);
  const catalogue = makeCatalogue(skus);
  const { state } = found.record;
  const user = found.snapshot?.user;
  const text = (property: string) => textOf(user?.properties[property]);
  const enabled = user?.properties['accountEnabled'];
  const time = (at: number | null | undefined) => (at === null || at === undefined ? null : isoTime(at));
  return {
    id: found.id,
    inDirectory: user !== undefined,
    userPrincipalName: text('userPrincipalName') ?? state?.userPrincipalName ?? null,
    displayName: text('displayName') ?? state?.displayName ?? null,
    department: text('department'),
    country: text('country'),
    userType: text('userType'),
    accountEnabled: typeof enabled === 'boolean' ? enabled : null,
    synced: user?.properties['onPremisesSyncEnabled'] === true,
    usageLocation: user?.usageLocation ?? null,
    outcome: state?.outcome ?? null,
    reasons: state?.reasons ?? [],
    skus: (state?.skus ?? []).map(({ skuId, outcome, reason }) => ({
      skuPartNumber: catalogue.skuById(skuId)?.skuPartNumber ?? skuId,
      outcome,
      reason: reason.text,
    })),
    next: whatIsNext(state),
    policyHash: state?.policyHash ?? null,
    firstSeenAt: time(state?.firstSeenAt),
    decidedAt: time(state?.decidedAt),
    writtenAt: time(state?.writtenAt),
    licenses: viewLicenses(found, catalogue, details),
    ...explained,
    exceptions: exceptionsOf(found.record, catalogue, pipeline.clock.now()),
  };
}

/** The rest of the page is shown also while nothing can be decided, as without a usable policy. */
async function explain(
  pipeline: ExplainingPipeline,
  { id, snapshot }: FoundUser,
): Promise<Pick<UserView, 'explanation' | 'notExplained'>> {
  if (snapshot === undefined) {
    return { explanation: null, notExplained: 'Graph does not know the user: nothing is decided.' };
  }
  try {
    const { outcome, policyHash, findings, skus } = await explainLicenses(pipeline, id);
    return { explanation: { outcome, policyHash, findings, skus }, notExplained: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { explanation: null, notExplained: error.message };
  }
}

function viewLicenses(
  found: FoundUser,
  catalogue: Catalogue,
  details: readonly LicenseDetail[],
): readonly UserLicenseView[] {
  const assignments = found.snapshot?.user.assignments ?? [];
  const groups = new Map(found.snapshot?.transitiveGroups?.map(({ id, displayName }) => [id, displayName]));
  const skuIds = [...new Set([...assignments, ...details].map(({ skuId }) => skuId))];
  return skuIds.map((skuId) => {
    const detail = details.find((one) => one.skuId === skuId);
    const ledger = found.record.ledger.find((entry) => entry.skuId === skuId);
    return {
      skuId,
      skuPartNumber: detail?.skuPartNumber ?? catalogue.skuById(skuId)?.skuPartNumber ?? skuId,
      assignments: assignments
        .filter((one) => one.skuId === skuId)
        .map(({ assignedByGroup: id, state, error }) =>
          id === null
            ? { by: 'direct', state, error }
            : { by: 'group', group: { id, displayName: groups.get(id) ?? null }, state, error },
        ),
      plans: viewPlans(detail, ledger),
      ledger: ledger === undefined ? null : { rules: ledger.rules, adopted: ledger.adopted },
    };
  });
}

function viewPlans(detail: LicenseDetail | undefined, ledger: LedgerEntry | undefined): UserPlanView[] {
  return (detail?.servicePlans ?? []).map(
    ({ servicePlanId, servicePlanName, provisioningStatus, appliesTo }) => ({
      servicePlanId,
      servicePlanName,
      provisioningStatus,
      appliesTo,
      offBy:
        provisioningStatus !== 'Disabled'
          ? null
          : ledger?.disabledByUs.includes(servicePlanId)
            ? 'policy'
            : 'other',
    }),
  );
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
