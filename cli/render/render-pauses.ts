import type { PauseView } from '../../shared/ops/pauses/list-pauses';
import { paint } from './paint';
import { renderTable } from './render-table';
import { renderAge } from './render-time';
import { wrapText } from './wrap-text';

/** The pauses in force, with a warning below where one is old; '' for none. */
export function renderPauses(pauses: readonly PauseView[]): string {
  if (pauses.length === 0) return '';
  const table = renderTable(
    [
      { title: 'paused' },
      { title: 'for', align: 'right' },
      { title: 'by' },
      { title: 'why', flexible: true },
    ],
    pauses.map(({ scope, ageMs, by, reason }) => [scope, renderAge(ageMs), by, reason]),
  );
  return `${table}${renderOldPauses(pauses.filter(({ isOld }) => isOld))}`;
}

/** A warning that is said wherever an operator looks; '' for none. */
export function renderOldPauses(pauses: readonly PauseView[]): string {
  return pauses
    .map(({ scope, ageMs, by, reason }) => {
      const text = `Paused for ${renderAge(ageMs)}: ${scope}, by ${by} (${reason}). Resume it: licenser queue resume ${scope}`;
      return `${wrapText(text, 80)
        .map((line) => paint('yellow', line))
        .join('\n')}\n`;
    })
    .join('');
}
