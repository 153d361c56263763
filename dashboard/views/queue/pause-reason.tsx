import type { Answer } from '../../api/routes';
import { Prose } from '../../parts/prose';

type Pause = Pick<Answer<'queues.showPauses'>[number], 'origin' | 'reason'>;

/** Why it is paused: what a person typed stays as it is; what the product says names places of the page. */
export function PauseReason({ pause: { origin, reason: said } }: { readonly pause: Pause }) {
  return origin === 'operator' ? <>{said}</> : <Prose text={said} />;
}
