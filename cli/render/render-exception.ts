import type { ExceptionMade } from '../../shared/ops/exceptions/make-exception';
import { renderWouldDecide } from './render-would-decide';

export function renderException({ userId, userPrincipalName, text, next }: ExceptionMade): string {
  const name = userPrincipalName ?? userId;
  return `${name}: ${text}\n${renderWouldDecide(next)}\n\nEnd it: licenser exception release ${name}\n`;
}
