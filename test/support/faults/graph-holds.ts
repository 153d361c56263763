import type { TestCloud } from '../local-cloud';
import { waitUntil } from '../wait-until';
import { controlHeaders } from '@auto-licenser/graph-emulator/client';

/** Requests that the embedded Graph keeps waiting, before or after they take effect. */
export type GraphHold = {
  /** Resolves when a request waits. */
  readonly caught: () => Promise<void>;
  /** Lets go what waits; its sender may be gone by then. */
  readonly release: () => Promise<void>;
};

/** `path` begins after /v1.0. The first request that matches is held, later ones pass. */
export async function holdRequest(
  { cloud }: TestCloud,
  rule: {
    readonly method: 'GET' | 'PATCH' | 'POST';
    readonly path: string;
    readonly phase: 'before' | 'after';
  },
): Promise<GraphHold> {
  const holds = `${cloud.file.graph.origin}/_local/holds`;
  const answer = await fetch(holds, {
    method: 'POST',
    headers: controlHeaders(cloud.file.graph),
    body: JSON.stringify({ ...rule, count: 1 }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { id } = (await answer.json()) as { id: string };
  return {
    caught: async () => {
      await waitUntil(`${rule.method} ${rule.path} is held ${rule.phase}`, async () => {
        const { waiting } = (await (await fetch(`${holds}/${id}`)).json()) as { waiting: unknown[] };
        return waiting.length > 0;
      });
    },
    release: async () => {
      await fetch(`${holds}/${id}`, { method: 'DELETE', headers: controlHeaders(cloud.file.graph) });
    },
  };
}
