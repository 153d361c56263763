import { userInfo } from 'node:os';
import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { makeReadAssignmentTimes } from '../../shared/graph/assignment-times';
import type { ReadAssignmentTimes } from '../../shared/graph/assignment-times';
import { systemClock } from '../../shared/kernel/clock';
import { silentLogger } from '../../shared/kernel/logger';
import { graphScope } from '../../shared/kernel/microsoft-cloud';
import { systemRandom } from '../../shared/kernel/random';
import { timing } from '../../shared/kernel/timing';
import { makeTableAccess, makeTableStores } from '../../shared/store/tables/table-stores';
import type { TableStores } from '../../shared/store/tables/table-stores';
import type { TableAccess } from '../../shared/store/tables/table-access';
import { tablesOptions } from '../../shared/wiring-clients';
import type { Target } from './target';

/** What backup and restore work with: the tables themselves, past the app, which may be down. */
export type StoreParts = {
  readonly tenantId: string;
  readonly table: (name: string) => TableAccess;
  readonly stores: TableStores;
  readonly readTimes: ReadAssignmentTimes;
  readonly newId: () => string;
  readonly now: () => number;
};

/** StoreParts of a target. A long table takes minutes, so an outage is waited out as long as in a function. */
export function storePartsOf({ config, credential }: Target): StoreParts {
  const options = tablesOptions(config, credential, silentLogger, timing.settings.outage.ms);
  return {
    tenantId: config.tenantId,
    table: makeTableAccess(options),
    stores: makeTableStores(options),
    readTimes: makeReadAssignmentTimes({
      credential,
      graphOrigin: config.graphOrigin,
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    }),
    newId: randomUUID,
    now: () => systemClock.now(),
  };
}

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const Claims = z.object({
  upn: z.string().optional(),
  unique_name: z.string().optional(),
});

/** Who is signed in, for the audit: the token's name, else the name on this machine. */
export async function whoIs(credential: TokenCredential, graphOrigin: string): Promise<string> {
  const token = await credential.getToken(graphScope(graphOrigin));
  try {
    const payload = Buffer.from(token?.token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { upn, unique_name: name } = Claims.parse(JSON.parse(payload));
    const found = upn ?? name;
    if (found !== undefined) return found;
  } catch {
    // A token that is no JWT names no person.
  }
  return `${userInfo().username} (command line)`;
}
