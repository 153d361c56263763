import type { makePipelineWorld } from '../../../support/pipeline-world';
import type { Pause } from '../../../../shared/words/pause';

export type World = ReturnType<typeof makePipelineWorld>;

export async function pause(t: World, scope: string, extra: Partial<Pause> = {}): Promise<void> {
  const at = t.now();
  await t.pipeline.control.pause({
    scope,
    origin: 'operator',
    reason: 'A change window',
    by: 'ada',
    at,
    probedAt: null,
    ...extra,
  });
  t.pipeline.pauses.forget();
}

export async function resume(t: World, scope: string): Promise<void> {
  await t.pipeline.control.resume(scope);
  t.pipeline.pauses.forget();
}

/** Handles messages until the clock has moved on by `ms` or nothing is left. */
export async function runFor(t: World, ms: number): Promise<void> {
  const end = t.now() + ms;
  while (t.sent.length > 0 && t.now() < end) await t.step();
}

export const scopesOfPauses = async (t: World) =>
  (await t.pipeline.control.pauses()).map(({ scope }) => scope);
