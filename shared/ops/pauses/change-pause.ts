import { UserError } from '../../kernel/errors';
import { isGuid, toSkuId } from '../../kernel/ids';
import { makeCatalogue } from '../../licensing/catalogue/catalogue';
import type { Services } from '../../pipeline/services';
import { applyScope, intakeScope, locationScope, skuScope } from '../../pipeline/pauses/pause-scope';
import { findSkuOrExplain } from '../skus/find-sku';
import { recordAction } from '../audit/operator';
import type { Operator } from '../audit/operator';
import { listPauses } from './list-pauses';
import type { PauseView } from './list-pauses';

/** What setting and lifting a pause uses. */
type PauseServices = Pick<
  Services,
  'audit' | 'clock' | 'control' | 'directory' | 'events' | 'pauses' | 'settings'
>;

export type PauseChanged = {
  readonly scope: string;
  /** False: it was so already. */
  readonly isChanged: boolean;
  /** All pauses in force now. */
  readonly pauses: readonly PauseView[];
};

/**
 * Stops work of a scope until an operator resumes it: `intake` (deciding), `apply` (every write), `location`, `lane:N`, `sku:NAME`.
 * A pause that the product set itself becomes the operator's: the product does not lift it any more.
 * @throws UserError `ops/unknown-scope`, `ops/unknown-sku`
 */
export async function pauseScope(
  pipeline: PauseServices,
  text: string,
  operator: Operator & { readonly why: string },
): Promise<PauseChanged> {
  const { control, clock } = pipeline;
  const scope = await toScope(pipeline, text);
  const own = (await control.pauses()).find((pause) => pause.scope === scope && pause.origin !== 'operator');
  if (own !== undefined) await control.resume(scope, own.origin);
  const isChanged = await control.pause({
    scope,
    origin: 'operator',
    reason: operator.why,
    by: operator.by,
    at: clock.now(),
    probedAt: null,
  });
  pipeline.pauses.forget();
  if (isChanged) {
    tell(pipeline, 'paused', scope, `${operator.by} paused ${scope}: ${operator.why}`);
    await recordAction(pipeline, operator, 'pause/set', scope);
  }
  return { scope, isChanged, pauses: await listPauses(pipeline) };
}

/** Parked work goes on by itself within half a minute. @throws UserError `ops/unknown-scope`, `ops/unknown-sku` */
export async function resumeScope(
  pipeline: PauseServices,
  text: string,
  operator: Operator,
): Promise<PauseChanged> {
  const scope = await toScope(pipeline, text);
  const before = (await listPauses(pipeline)).find((pause) => pause.scope === scope);
  const isChanged = await pipeline.control.resume(scope);
  pipeline.pauses.forget();
  if (isChanged) {
    const why = operator.why === null ? '' : `: ${operator.why}`;
    tell(pipeline, 'resumed', scope, `${operator.by} resumed ${scope}${why}`);
    await recordAction(pipeline, operator, 'pause/lift', scope, {
      pausedBy: before?.by ?? null,
      since: before?.at ?? null,
    });
  }
  return { scope, isChanged, pauses: await listPauses(pipeline) };
}

/**
 * Lifts a pause that the product set itself, so that the next user is tried at once instead of within a minute. When
 * Graph still refuses, the pause is set again.
 * @throws UserError `ops/unknown-scope`, `ops/unknown-sku`, `ops/not-paused`
 */
export async function tryScope(
  pipeline: Pick<Services, 'audit' | 'clock' | 'control' | 'directory' | 'pauses' | 'settings'>,
  text: string,
  operator: Operator,
): Promise<PauseChanged> {
  const scope = await toScope(pipeline, text);
  const own = (await pipeline.control.pauses()).find((pause) => pause.scope === scope);
  if (own === undefined || own.origin === 'operator') {
    throw new UserError('ops/not-paused', `The product has not paused ${scope}`, {
      hint: 'What an operator paused goes on with `licenser queue resume`.',
    });
  }
  const isChanged = await pipeline.control.resume(scope, own.origin);
  pipeline.pauses.forget();
  await recordAction(pipeline, operator, 'pause/try', scope, { origin: own.origin });
  return { scope, isChanged, pauses: await listPauses(pipeline) };
}

/** Also sent to the outgoing webhook, by the process that does it. */
function tell(
  { events }: Pick<Services, 'events'>,
  event: 'paused' | 'resumed',
  scope: string,
  text: string,
): void {
  events.emit({ event, subject: scope, reason: { code: `${event}/operator`, text } });
}

/** A SKU may be named; one that the tenant no longer has is still found by its id. */
async function toScope(
  { directory, settings }: Pick<Services, 'directory' | 'settings'>,
  text: string,
): Promise<string> {
  if ([intakeScope, applyScope, locationScope].includes(text)) return text;
  const [kind, name = ''] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (kind === 'lane' && /^\d{1,4}$/.test(name) && Number(name) < settings.lanes)
    return `lane:${Number(name)}`;
  if (kind === 'sku' && isGuid(name)) return skuScope(toSkuId(name));
  if (kind === 'sku' && name !== '') {
    return skuScope(findSkuOrExplain(makeCatalogue(await directory.listSkus()), name).skuId);
  }
  throw new UserError('ops/unknown-scope', `There is nothing to pause that is called ${text}`, {
    hint: `Scopes are intake, apply, location, lane:0 to lane:${String(settings.lanes - 1)}, and sku:NAME.`,
  });
}
