import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { GraphTransport } from '../../shared/graph/graph-transport';
import { Holder, holdsWanted, inPortions, sendBatch } from './baseline-client';
import type { Wanted } from './baseline-client';

/** https://learn.microsoft.com/graph/filter-query-parameter: at most 15 clauses in one `in`. */
const lookUpSize = 15;
const batchSize = 20;
const Found = z.object({ value: z.array(Holder) });

/**
 * Baseline (b): a tool for many users in the manner of CIPP (https://github.com/KelvinTegelaar/CIPP-API,
 * Set-CIPPUserLicense, New-GraphBulkRequest): look the users up by 15, send their changes in batches of 20, read back.
 * CIPP sends once; `rounds` > 1 is kinder: what reading back shows undone is sent again, after the longest time that
 * Graph asked for. Answers how many users it saw to be right.
 */
export async function runBatchTool(
  graph: GraphTransport,
  userIds: readonly string[],
  wanted: Wanted,
  rounds: number,
): Promise<number> {
  let open = await lookUp(graph, userIds, wanted);
  let waitMs = 0;
  for (let round = 0; round < rounds && open.length > 0; round++) {
    for (const portion of inPortions(open, batchSize)) {
      if (waitMs > 0 && rounds > 1) await sleep(waitMs);
      const answers = await sendBatch(
        graph,
        portion.map((id) => ({
          method: 'POST',
          url: `/users/${id}/assignLicense`,
          body: { addLicenses: [wanted], removeLicenses: [] },
        })),
      );
      waitMs = Math.max(0, ...answers.map((answer) => answer.retryAfterMs));
    }
    open = await readBack(graph, open, wanted);
  }
  return userIds.length - open.length;
}

/** Those of the users who are not right yet. */
async function lookUp(graph: GraphTransport, userIds: readonly string[], wanted: Wanted): Promise<string[]> {
  const open: string[] = [];
  for (const portion of inPortions(userIds, lookUpSize)) {
    const filter = encodeURIComponent(`id in (${portion.map((id) => `'${id}'`).join(',')})`);
    const path = `/users?$filter=${filter}&$select=id,assignedLicenses`;
    const { value } = await graph.read({ method: 'GET', path }, Found);
    open.push(...value.filter((user) => !holdsWanted(user, wanted)).map(({ id }) => id));
  }
  return open;
}

async function readBack(
  graph: GraphTransport,
  userIds: readonly string[],
  wanted: Wanted,
): Promise<string[]> {
  const open: string[] = [];
  for (const portion of inPortions(userIds, batchSize)) {
    const answers = await sendBatch(
      graph,
      portion.map((id) => ({ method: 'GET', url: `/users/${id}?$select=id,assignedLicenses` })),
    );
    portion.forEach((id, index) => {
      const user = Holder.safeParse(answers[index]?.body);
      if (!user.success || !holdsWanted(user.data, wanted)) open.push(id);
    });
  }
  return open;
}
