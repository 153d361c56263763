import type { ExceptionView } from '../../shared/ops/exceptions/list-exceptions';
import type { ExceptionMade } from '../../shared/ops/exceptions/make-exception';
import { renderTime } from './render-time';
import { labeled } from './wrap-text';
import { renderWouldDecide } from './render-would-decide';

/** The exception that was made, and what the functions will decide now. */
export function renderException({ userId, userPrincipalName, text, next }: ExceptionMade): string {
  const name = userPrincipalName ?? userId;
  return `${name}: ${text}\n${renderWouldDecide(next)}\n\nEnd it: licenser exception release ${name}\n`;
}

const names = { neverTouch: 'never touch', extra: 'extra license', undo: 'undo' } as const;

/** What it is, until when, why and by whom. */
export function exceptionLines(one: ExceptionView): readonly string[] {
  return [
    labeled('  what', `${names[one.kind]}: ${one.what}`),
    labeled('  until', untilText(one)),
    labeled('  why', `${one.why} (${one.by}, ${renderTime(one.at).slice(0, 19)})`),
  ];
}

function untilText({ until, isOver }: ExceptionView): string {
  if (until === null) return 'it is released';
  return `${renderTime(until).slice(0, 19)} (UTC)${isOver ? ', over: the policy decides again' : ''}`;
}
