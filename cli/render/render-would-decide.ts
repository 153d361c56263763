import type { WouldDecide } from '../../shared/ops/users/would-decide';
import { labeled } from './wrap-text';

/** What deciding says now, as a paragraph or two. */
export function renderWouldDecide({ outcome, operation, reasons }: WouldDecide): string {
  return [
    labeled('now', `${outcome}${operation === null ? '; nothing is to be written' : `: ${operation}`}`),
    ...reasons.map((reason, index) => labeled(index === 0 ? 'why' : '', reason)),
  ].join('\n');
}
