import { isoTime } from '../../kernel/clock';
import { collect, readConcurrently } from '../../kernel/concurrently';
import { toUserId } from '../../kernel/ids';
import type { Catalogue } from '../../licensing/catalogue/catalogue';
import type { Services } from '../../pipeline/services';
import { nameOfUser } from '../users/user-names';
import { describeLicense } from './undo-user';
import type { ExceptionOrigin, Exception } from '../../words/exception';
import type { UserRecord } from '../../store/ports/user-store';

/** An exception that an operator made for one user. */
export type ExceptionView = {
  readonly kind: 'neverTouch' | 'extra' | 'undo';
  readonly userId: string;
  readonly userPrincipalName: string | null;
  /** "EMS without INTUNE_A", "nothing is written". */
  readonly what: string;
  readonly by: string;
  readonly why: string;
  /** ISO 8601. */
  readonly at: string;
  readonly until: string | null;
  /** It has ended; the policy decides again. */
  readonly isOver: boolean;
};

/** Exceptions from `skip` on, those that have ended last, and how many there are. */
export async function listExceptions(
  services: Pick<Services, 'users' | 'catalogue' | 'clock'>,
  { skip = 0, limit = Infinity }: { readonly skip?: number; readonly limit?: number } = {},
): Promise<{ readonly items: readonly ExceptionView[]; readonly total: number }> {
  const { users, catalogue, clock } = services;
  const { catalogue: tenant } = await catalogue.read();
  const all: ExceptionView[] = [];
  for await (const { userId, exception } of users.exceptions()) {
    all.push(...exceptionsOf({ userId, state: null, exception }, tenant, clock.now()));
  }
  all.sort((a, b) => Number(a.isOver) - Number(b.isOver) || b.at.localeCompare(a.at));
  // Names stand in the users' rows, of which only those of the page are read.
  const named = readConcurrently(all.slice(skip, skip + limit), async (view) => ({
    ...view,
    userPrincipalName: await nameOfUser(services, toUserId(view.userId)),
  }));
  return { items: await collect(named), total: all.length };
}

/** The exceptions of one user. */
export function exceptionsOf(
  { userId, state, exception }: Pick<UserRecord, 'userId' | 'state' | 'exception'>,
  catalogue: Catalogue,
  now: number,
): readonly ExceptionView[] {
  if (exception === null) return [];
  return viewsOf(exception, catalogue).map(({ origin, ...view }) => ({
    userId,
    userPrincipalName: state?.userPrincipalName ?? null,
    ...view,
    by: origin.by,
    why: origin.why,
    at: isoTime(origin.at),
    until: origin.until === null ? null : isoTime(origin.until),
    isOver: origin.until !== null && origin.until <= now,
  }));
}

type Part = Pick<ExceptionView, 'kind' | 'what'> & { readonly origin: ExceptionOrigin };

function viewsOf(pin: Exception, catalogue: Catalogue): Part[] {
  const describe = ({ skuId, disabledPlans }: Exception['skus'][number]) => {
    const sku = catalogue.skuById(skuId);
    const nameOf = (id: string) =>
      sku?.servicePlans.find((plan) => plan.servicePlanId === id)?.servicePlanName ?? id;
    const names = disabledPlans?.map(nameOf).sort() ?? null;
    return describeLicense({ skuPartNumber: sku?.skuPartNumber ?? skuId, disabledPlans: names });
  };
  const undone = pin.skus.filter(({ extra }) => extra === undefined);
  return [
    ...(pin.frozen === undefined
      ? []
      : [{ kind: 'neverTouch' as const, what: 'nothing is written', origin: pin.frozen }]),
    ...pin.skus.flatMap((sku) =>
      sku.extra === undefined ? [] : [{ kind: 'extra' as const, what: describe(sku), origin: sku.extra }],
    ),
    ...(undone.length === 0
      ? []
      : [{ kind: 'undo' as const, what: undone.map(describe).join('; '), origin: pin }]),
  ];
}
