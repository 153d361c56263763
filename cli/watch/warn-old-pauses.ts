import type { PauseView } from '../../shared/ops/pauses/list-pauses';
import type { Io } from '../io';
import { renderOldPauses } from '../render/render-pauses';

/**
 * An operator may have forgotten a pause: said below what was asked for, or beside it (to standard error) where a program
 * reads the answer.
 */
export function warnOfOldPauses(io: Io, pauses: readonly PauseView[], isForProgram: boolean): void {
  const warning = renderOldPauses(pauses.filter(({ isOld }) => isOld));
  if (warning === '') return;
  if (isForProgram) io.complain(warning);
  else io.print(`\n${warning}`);
}
