import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenCredential } from '@azure/identity';
import { projectRoot } from '../../../local/project-root';
import { timing } from '../../../shared/kernel/timing';
import { readClaims, readWhoIs } from '../../../shared/ops/doctor/token-claims';
import type { Io } from '../../io';
import { keepReads } from './kept-reads';
import type { KeptReads } from './kept-reads';
import type { Over } from './with-tenant';

export type TenantKeptReads = Pick<KeptReads, 'done'> & { readonly over: Over };

/**
 * KeptReads in a folder of what the token may read. A token that does not tell it keeps nothing. Every command that is through
 * also deletes what no command could use any longer, of whatever account.
 * @param isFresh what an interrupted run has left is not used
 * @param what the command, for people
 */
export function keepTenantReads(
  io: Io,
  { isFresh, what = 'plan' }: { readonly isFresh: boolean; readonly what?: 'plan' | 'export' },
): TenantKeptReads {
  let kept: KeptReads | undefined;
  return {
    over: (directory, { credential, settings: { graphOrigin } }) => {
      let place: Promise<string | undefined> | undefined;
      kept = keepReads({
        folder: () => (place ??= findReadsFolder(credential, graphOrigin)),
        now: io.now,
        isFresh,
        onResume: (since) =>
          io.complain(
            `Going on with what an interrupted ${what} has read since ${since}; --fresh reads everything anew.\n`,
          ),
      });
      return kept.over(directory);
    },
    async done() {
      await kept?.done();
      await deleteOld(allReads(), io.now());
    },
  };
}

const allReads = () => join(projectRoot(), '.licenser', 'reads');

/**
 * Where the reads of a token are kept: apart for each tenant, account, application, and for what it may read, because one that
 * may read less sees less of the same users. undefined: the token does not tell.
 * @throws Error when the credential gives no token
 */
export async function findReadsFolder(
  credential: TokenCredential,
  graphOrigin: string,
): Promise<string | undefined> {
  const who = await readWhoIs(credential, graphOrigin);
  const permissions = await readClaims(credential, graphOrigin);
  if (who?.tenantId === undefined || who.account === undefined || permissions === null) return undefined;
  const what = [graphOrigin, who.tenantId, who.account, who.application ?? null, [...permissions].sort()];
  const key = createHash('sha256').update(JSON.stringify(what)).digest('hex');
  return join(allReads(), key.slice(0, 32));
}

/** Folders in which nothing was written for as long as a page may be used: they name users. */
async function deleteOld(root: string, now: number): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    const folder = join(root, name);
    const times = await Promise.all(
      (await readdir(folder).catch(() => [])).map((file) => writtenAt(join(folder, file))),
    );
    const last = Math.max(await writtenAt(folder), ...times);
    if (now - last > timing.commands.keptReads.ms) await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds; of what is gone the earliest of all times. */
async function writtenAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
