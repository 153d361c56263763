import type { makePipelineWorld } from '../../../support/pipeline-world';
import { refusal } from '../../../support/pipeline-world';

export type World = ReturnType<typeof makePipelineWorld>;

export function takeLook(t: World) {
  const look = t.sent.shift();
  if (look?.kind !== 'hint') throw new Error('No look was scheduled');
  return look;
}

export function refuseOnce(t: World, errorClass: Parameters<typeof refusal>[0]) {
  t.world.beforeWrite = async () => {
    t.world.beforeWrite = async () => undefined;
    throw refusal(errorClass, 503);
  };
}
