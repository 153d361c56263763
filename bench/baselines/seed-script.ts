import type { GraphTransport } from '../../shared/graph/graph-transport';
import { Holder, holdsWanted, tryGet, tryPost } from './baseline-client';
import type { Wanted } from './baseline-client';

/**
 * Baseline (a): the task of Microsoft's Intune page of 2016 ("switch INTUNE_A off for a user who has EMS") as its
 * script does it, with today's calls: one user after the other, take the SKU away, give it back with the plan off,
 * look whether it worked. It never tries again. Answers how many users it saw to be right.
 * https://learn.microsoft.com/graph/api/user-assignlicense
 */
export async function runSeedScript(
  graph: GraphTransport,
  userIds: readonly string[],
  wanted: Wanted,
): Promise<number> {
  let right = 0;
  for (const id of userIds) {
    const path = `/users/${id}/assignLicense`;
    await tryPost(graph, path, { addLicenses: [], removeLicenses: [wanted.skuId] });
    await tryPost(graph, path, { addLicenses: [wanted], removeLicenses: [] });
    const user = await tryGet(graph, `/users/${id}?$select=id,assignedLicenses`, Holder);
    if (user !== undefined && holdsWanted(user, wanted)) right++;
  }
  return right;
}
