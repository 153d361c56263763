import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** A CPU profile as V8 writes it. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  /** Microseconds since the sample before. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

/** Processor time of one function or place: its own, without what it calls; `share` of all that was not idle. */
export type ProfiledCost = { readonly name: string; readonly selfMs: number; readonly share: number };

type CallFrame = CpuProfile['nodes'][number]['callFrame'];

/** V8's own names for time in which no JavaScript ran. */
const notWorking = new Set(['(idle)', '(root)']);

/** The costliest functions, costliest first: `NAME PLACE:LINE`, places relative to `root`. */
export function costliestFunctions(
  profile: CpuProfile,
  root: string,
  count: number,
): readonly ProfiledCost[] {
  return sumBy(profile, (frame) => {
    const place = placeOf(frame.url, root);
    const name = frame.functionName === '' ? '(anonymous)' : frame.functionName;
    return place === '' ? name : `${name} ${place}:${frame.lineNumber + 1}`;
  }).slice(0, count);
}

/** Cost by where the code is from: a package of node_modules, a room of the product, Node.js itself; costliest first. */
export function costByPlace(profile: CpuProfile, root: string): readonly ProfiledCost[] {
  return sumBy(profile, ({ url, functionName }) => {
    const place = placeOf(url, root);
    if (place === '') return functionName;
    if (place.startsWith('node:')) return 'node';
    const [, scopeOrName = '', name = ''] = /node_modules\/([^/]+)\/?([^/]*)/.exec(place) ?? [];
    if (scopeOrName !== '') return scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName;
    return place.split('/').slice(0, 3).join('/');
  });
}

function sumBy(profile: CpuProfile, nameOf: (frame: CallFrame) => string): readonly ProfiledCost[] {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const sums = new Map<string, number>();
  let all = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || notWorking.has(frame.functionName)) continue;
    // The time up to the next sample belongs to this one.
    const ms = Math.max(0, profile.timeDeltas[index + 1] ?? 0) / 1_000;
    const name = nameOf(frame);
    sums.set(name, (sums.get(name) ?? 0) + ms);
    all += ms;
  }
  return [...sums]
    .map(([name, selfMs]) => ({ name, selfMs, share: all === 0 ? 0 : selfMs / all }))
    .sort((a, b) => b.selfMs - a.selfMs);
}

function placeOf(url: string, root: string): string {
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return path.startsWith('/') ? relative(root, path).split(sep).join('/') : path;
}
