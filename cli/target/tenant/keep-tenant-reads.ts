import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../../local/project-root';
import { readWhoIs } from '../../../shared/ops/doctor/token-claims';
import type { Io } from '../../io';
import { keepReads } from './kept-reads';
import type { KeptReads } from './kept-reads';
import type { Over } from './with-tenant';

export type TenantKeptReads = Pick<KeptReads, 'done'> & { readonly over: Over };

/**
 * KeptReads in a folder of the tenant and the account that the token names. A token that does not tell them keeps nothing.
 * @param isFresh what an interrupted run has left is deleted first
 */
export function keepTenantReads(io: Io, { isFresh }: { readonly isFresh: boolean }): TenantKeptReads {
  let kept: KeptReads | undefined;
  return {
    over: (directory, { credential, settings: { graphOrigin } }) => {
      let place: Promise<string | undefined> | undefined;
      const find = async (): Promise<string | undefined> => {
        const who = await readWhoIs(credential, graphOrigin);
        if (who?.tenantId === undefined || who.account === undefined) return undefined;
        const key = createHash('sha256').update(JSON.stringify([graphOrigin, who.tenantId, who.account]));
        const folder = join(projectRoot(), '.licenser', 'reads', key.digest('hex').slice(0, 32));
        if (isFresh) await rm(folder, { recursive: true, force: true });
        return folder;
      };
      kept = keepReads({
        folder: () => (place ??= find()),
        now: io.now,
        onResume: (since) =>
          io.complain(
            `Going on with what an interrupted plan has read since ${since}; --fresh reads everything anew.\n`,
          ),
      });
      return kept.over(directory);
    },
    done: async () => kept?.done(),
  };
}
