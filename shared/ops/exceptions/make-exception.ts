import { UserError } from '../../kernel/errors';
import { isoTime } from '../../kernel/clock';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Services } from '../../pipeline/services';
import { findPlanOrExplain, findSkuOrExplain } from '../skus/find-sku';
import type { Operator } from '../audit/operator';
import { changeException, orNone } from './change-exception';
import type { PinChanged } from './change-exception';
import { describeLicense } from './undo-user';
import type { ExceptionOrigin, Exception } from '../../words/exception';
import type { ExceptionServices } from './change-exception';

/** An exception needs a reason, for the people who find it later. */
export type OperatorWithReason = Operator & { readonly why: string };

export type ExceptionMade = PinChanged<{ readonly until: string | null; readonly text: string }>;

/**
 * Nothing is written to this user until then, or until it is released; null: no end.
 * @throws UserError `ops/unknown-user`
 */
export async function neverTouch(
  pipeline: ExceptionServices,
  { user, until }: { readonly user: string; readonly until: number | null },
  operator: OperatorWithReason,
): Promise<ExceptionMade> {
  return changeException(
    pipeline,
    user,
    { ...operator, action: 'exception/never-touch' },
    async ({ record }) => {
      const frozen = originOf(pipeline, operator, until);
      const text = `nothing is written to this user${untilText(until)}`;
      return {
        pin: { ...(record.exception ?? emptyPin(frozen)), frozen },
        text: `${text}, says ${operator.by}: ${operator.why}`,
        result: { until: until === null ? null : isoTime(until), text },
      };
    },
  );
}

/**
 * An extra license that the policy does not grant, until a date; it goes then, unless the policy grants it by then.
 * A second grant of the same SKU takes the place of the first.
 * @throws UserError `ops/unknown-user`, `ops/unknown-sku`, `ops/unknown-plan`, `ops/not-for-users`
 */
export async function grantExtra(
  pipeline: ExceptionServices,
  input: {
    readonly user: string;
    readonly sku: string;
    readonly disable: readonly string[];
    /** Milliseconds. */
    readonly until: number;
  },
  operator: OperatorWithReason,
): Promise<ExceptionMade> {
  const { user, until } = input;
  const sku = findSkuOrExplain(makeCatalogue(await pipeline.directory.listSkus()), input.sku);
  if (sku.appliesTo !== 'User') {
    throw new UserError('ops/not-for-users', `${sku.skuPartNumber} cannot be assigned to a user`, {
      hint: 'It belongs to the organization as a whole.',
    });
  }
  const off = input.disable.map((plan) => findPlanOrExplain(sku, plan));
  const license = {
    skuPartNumber: sku.skuPartNumber,
    disabledPlans: off.map((plan) => plan.servicePlanName),
  };
  return changeException(pipeline, user, { ...operator, action: 'exception/grant' }, async ({ record }) => {
    const extra = originOf(pipeline, operator, until);
    const base = record.exception ?? emptyPin(extra);
    const others = base.skus.filter((one) => one.extra === undefined || one.skuId !== sku.skuId);
    const disabledPlans = off.map((plan) => plan.servicePlanId).sort();
    const text = `an extra ${describeLicense(license)}${untilText(until)}`;
    return {
      pin: { ...base, skus: [...others, { skuId: sku.skuId, disabledPlans, extra }] },
      text: `${text}, says ${operator.by}: ${operator.why}`,
      result: { until: isoTime(until), text },
    };
  });
}

/**
 * Ends what was made by hand for this user: extra licenses go, and a user who was not to be touched is the policy's
 * again. An undo stays. `sku`: only the extra license of this SKU.
 * @throws UserError `ops/unknown-user`, `ops/unknown-sku`, `ops/no-exception`
 */
export async function releaseExceptions(
  pipeline: ExceptionServices,
  { user, sku }: { readonly user: string; readonly sku?: string },
  operator: Operator,
): Promise<PinChanged<{ readonly released: readonly string[]; readonly undoStays: boolean }>> {
  const catalogue = makeCatalogue(await pipeline.directory.listSkus());
  const only = sku === undefined ? undefined : findSkuOrExplain(catalogue, sku).skuId;
  return changeException(pipeline, user, { ...operator, action: 'exception/release' }, async ({ record }) => {
    const { exception: pin } = record;
    const goes = (one: Exception['skus'][number]) =>
      one.extra !== undefined && (only === undefined || one.skuId === only);
    const released = [
      ...(pin?.frozen !== undefined && only === undefined ? ['never touch'] : []),
      ...(pin?.skus ?? [])
        .filter(goes)
        .map(({ skuId }) => `extra ${catalogue.skuById(skuId)?.skuPartNumber ?? skuId}`),
    ];
    if (pin === null || released.length === 0) {
      throw new UserError('ops/no-exception', `${user} has no such exception`, {
        hint: '`licenser exception list` shows them; an undo is released by `licenser undo --release`.',
      });
    }
    const { frozen, ...rest } = pin;
    const kept = { ...rest, skus: pin.skus.filter((one) => !goes(one)) };
    return {
      pin: orNone(only === undefined || frozen === undefined ? kept : { ...kept, frozen }),
      text: `released by ${operator.by}: ${released.join(', ')}`,
      result: { released, undoStays: kept.skus.some(({ extra }) => extra === undefined) },
    };
  });
}

function originOf(
  { clock }: Pick<Services, 'clock'>,
  operator: OperatorWithReason,
  until: number | null,
): ExceptionOrigin {
  return { until, why: operator.why, by: operator.by, at: clock.now() };
}

function emptyPin(origin: ExceptionOrigin): Exception {
  return { skus: [], ...origin, until: null };
}

function untilText(until: number | null): string {
  return until === null ? '' : ` until ${isoTime(until)}`;
}
