import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import type { SkuId } from '../../kernel/ids';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import { effectiveHolding } from '../../licensing/holding/effective-holding';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import { readRetention } from '../../pipeline/retention/forget-old';
import type { Services } from '../../pipeline/services';
import { directOf } from '../../pipeline/look/seen-user';
import { holdingOf } from '../../pipeline/look/look-at-user';
import type { FoundUser } from '../users/find-user';
import type { Operator } from '../audit/operator';
import { changeException, orNone } from './change-exception';
import type { PinChanged } from './change-exception';
import { findLicensesAt } from './licenses-at';
import type { LicenseAt } from './licenses-at';
import type { Exception } from '../../words/exception';
import type { ExceptionServices } from './change-exception';

export type UndoInput = {
  readonly user: string;
  /** Milliseconds. */
  readonly to: number;
  /** Milliseconds; null: until it is released. */
  readonly until: number | null;
};

export type PinnedLicenseView = {
  readonly skuPartNumber: string;
  /** Names of the plans that are off; null: not held. */
  readonly disabledPlans: readonly string[] | null;
  /** False: the product has not changed it since; it is only kept from being changed. */
  readonly isChangedSince: boolean;
};

export type Undone = PinChanged<{
  /** ISO 8601. */
  readonly to: string;
  readonly until: string | null;
  readonly licenses: readonly PinnedLicenseView[];
}>;

/**
 * Takes the licenses that are ours back to what they were at a time, by a pin: it stands against the echo of its own
 * write, the census and every policy, until it ends or is released. A usage location stays as it is.
 * @throws UserError `ops/unknown-user`, `ops/undo-future`, `ops/undo-forgotten`, `ops/undo-nothing`
 */
export async function undoUser(
  pipeline: ExceptionServices & Pick<Services, 'cursors'>,
  { user, to, until }: UndoInput,
  operator: Operator,
): Promise<Undone> {
  const { clock, cursors, users, settings } = pipeline;
  if (to > clock.now()) {
    throw new UserError('ops/undo-future', `${isoTime(to)} is still to come`, {
      hint: '--to takes a time in the past: the licenses go back to what they were then.',
    });
  }
  // The setting may have been longer or shorter before: what was deleted then is gone.
  const { forgottenBefore = -Infinity } = (await readRetention(cursors)) ?? {};
  const keptSince = Math.max(forgottenBefore, clock.now() - settings.kept.historyMs);
  if (to < keptSince) {
    const kept = isoTime(keptSince);
    throw new UserError('ops/undo-forgotten', `Timelines are kept since ${kept}, not since ${isoTime(to)}`, {
      hint: 'LICENSER_HISTORY_DAYS says how long; what was deleted stays deleted.',
    });
  }
  return changeException(pipeline, user, { ...operator, action: 'pin/undo' }, async (found) => {
    const timeline = await users.timeline(found.id);
    const licenses = findLicensesAt(timeline, to, {
      ledger: found.record.ledger,
      direct: directNow(pipeline, found),
    });
    if (licenses.length === 0) {
      throw new UserError('ops/undo-nothing', `No license of ${user} is ours, and none has been since`, {
        hint: '`licenser user history` shows what was written. What people assigned is theirs to change.',
      });
    }
    const catalogue = makeCatalogue(await pipeline.directory.listSkus());
    const shown = licenses.map((license) => toView(license, catalogue));
    const pin: Exception = {
      ...found.record.exception,
      skus: [
        ...licenses.map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans })),
        ...(found.record.exception?.skus ?? []).filter(({ extra }) => extra !== undefined),
      ],
      until,
      why: operator.why ?? `back to ${isoTime(to)}`,
      by: operator.by,
      at: clock.now(),
    };
    const end = until === null ? null : isoTime(until);
    return {
      pin,
      text: `pinned by ${operator.by} to what was held at ${isoTime(to)}: ${shown.map(describeLicense).join('; ')}`,
      facts: { to: isoTime(to), until: end, licenses },
      result: { to: isoTime(to), until: end, licenses: shown },
    };
  });
}

/** @throws UserError `ops/unknown-user`, `ops/no-undo` */
export async function releaseUndo(
  pipeline: ExceptionServices,
  user: string,
  operator: Operator,
): Promise<PinChanged<{ readonly released: number }>> {
  return changeException(pipeline, user, { ...operator, action: 'pin/release' }, async ({ record }) => {
    const isUndo = ({ extra }: Exception['skus'][number]) => extra === undefined;
    const released = record.exception?.skus.filter(isUndo).length ?? 0;
    if (record.exception === null || released === 0) {
      throw new UserError('ops/no-undo', `Nothing is undone for ${user}`, {
        hint: '`licenser exception list` shows who has a pin; `licenser exception release` ends the other exceptions.',
      });
    }
    return {
      pin: orNone({ ...record.exception, skus: record.exception.skus.filter((sku) => !isUndo(sku)) }),
      text: `the undo was released by ${operator.by}: the policy decides again`,
      result: { released },
    };
  });
}

/** What is held by now; a read that still shows the state before our own last write does not count. */
function directNow({ clock }: Pick<Services, 'clock'>, { snapshot, record }: FoundUser) {
  if (snapshot === undefined) return [];
  return directOf(effectiveHolding(holdingOf(snapshot.user), record.state?.lastWrite ?? null, clock.now()));
}

function toView(
  { skuId, disabledPlans, isChangedSince }: LicenseAt,
  catalogue: Catalogue,
): PinnedLicenseView {
  const plans = catalogue.skuById(skuId)?.servicePlans ?? [];
  const nameOf = (id: string) => plans.find((plan) => plan.servicePlanId === id)?.servicePlanName ?? id;
  return {
    skuPartNumber: skuName(skuId, catalogue),
    disabledPlans: disabledPlans?.map(nameOf).sort() ?? null,
    isChangedSince,
  };
}

/** skuPartNumber of a SKU, or its id where the tenant has it no more. */
export function skuName(skuId: SkuId, catalogue: Catalogue): string {
  return catalogue.skuById(skuId)?.skuPartNumber ?? skuId;
}

/** "EMS without INTUNE_A", "no EMS". */
export function describeLicense({
  skuPartNumber,
  disabledPlans,
}: Pick<PinnedLicenseView, 'skuPartNumber' | 'disabledPlans'>): string {
  if (disabledPlans === null) return `no ${skuPartNumber}`;
  return `${skuPartNumber}${disabledPlans.length === 0 ? '' : ` without ${disabledPlans.join(', ')}`}`;
}
