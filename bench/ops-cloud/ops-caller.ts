import { setTimeout as sleep } from 'node:timers/promises';
import { localPeople } from '../../local/identity/people';
import { signInLocally } from '../../local/identity/sign-in';
import type { LocalCloud } from '../../local/cloud-file';

export type OpsAnswer = { readonly status: number; readonly ms: number; readonly bytes: number };

/**
 * Reads of the ops API by all people of the embedded cloud in turn, each within the 20 reads a second that one caller has.
 * @throws Error for a refusal that is no 404
 */
export async function makeOpsCaller(cloud: LocalCloud): Promise<(path: string) => Promise<OpsAnswer>> {
  const tokens = await Promise.all(
    localPeople.map(async ({ name }) => (await signInLocally(cloud, name)).token),
  );
  let turn = 0;
  return async (path) => {
    for (;;) {
      const token = tokens[turn++ % tokens.length] ?? '';
      const begin = performance.now();
      const answer = await fetch(`${cloud.functions.origin}/api/ops/v1${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      const body = await answer.arrayBuffer();
      const ms = performance.now() - begin;
      if (answer.status === 429) await sleep(1_000);
      else if (answer.ok || answer.status === 404)
        return { status: answer.status, ms, bytes: body.byteLength };
      else throw new Error(`${path} answered ${answer.status}: ${Buffer.from(body).toString()}`);
    }
  };
}
