import type { Hint } from '../../shared/queue/messages';
import type { makePipelineWorld } from './pipeline-world';

/** Decides the hint (without one, a new user's) and gives the operation it sent. */
export async function decided(t: ReturnType<typeof makePipelineWorld>, hint: Hint = t.hint()) {
  await t.decide(hint);
  const operation = t.sent.shift();
  if (operation?.kind !== 'operation') throw new Error('No operation was sent');
  return operation.message;
}
