import type { SkuId } from '../../kernel/ids';
import { decideWithoutPaused } from '../look/look-at-user';
import type { SeenUser } from '../look/seen-user';
import type { Services } from '../services';
import type { Reason } from '../../words/reason';
import type { UserState } from '../../words/user-state';
import { whyPaused } from './pause-gate';
import { skuScope } from './pause-scope';

/**
 * A pause of a SKU stops that SKU only: the same look without what is paused. undefined: nothing else is to be written,
 * or it is not a SKU that is paused.
 */
export async function withoutPaused(
  services: Pick<Services, 'guards' | 'ledgerCount' | 'pauses' | 'rolloutStates' | 'rollouts'>,
  look: SeenUser,
  state: UserState | null,
): Promise<SeenUser | undefined> {
  const { operation } = look.decision;
  if (operation === undefined) return undefined;
  const pauses = new Map((await services.pauses.current()).map((pause) => [pause.scope, pause]));
  const name = (skuId: SkuId) => look.input.catalogue.skuById(skuId)?.skuPartNumber ?? skuId;
  const paused = new Map<SkuId, { scope: string; why: Reason }>();
  for (const skuId of [...operation.add.map((one) => one.skuId), ...operation.remove]) {
    const scope = skuScope(skuId);
    const pause = pauses.get(scope);
    if (pause === undefined) continue;
    const why = whyPaused(pause, state);
    paused.set(skuId, { scope, why: { ...why, text: why.text.replace(scope, name(skuId)) } });
  }
  return decideWithoutPaused(services, look, paused);
}
