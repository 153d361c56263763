import type { TestCloud } from '../local-cloud';

/** The process ids that an instance such as `apply-1` has had in a cloud with `instances`, oldest first. */
export function pidsOfInstance({ lines }: Pick<TestCloud, 'lines'>, instance: string): readonly number[] {
  const line = new RegExp(`Instance runs.* instance=${instance} pid=(\\d+)`);
  return lines.flatMap((text) => line.exec(text)?.[1] ?? []).map(Number);
}
