import type { TokenCredential } from '@azure/identity';
import { processEnvironment } from '../../../shared/config/config';
import { loadTenantSettings } from '../../../shared/config/tenant-settings';
import { policyFileOf } from '../../../shared/config/policy-file';
import type { TenantSettings } from '../../../shared/config/tenant-settings';
import type { Directory } from '../../../shared/graph/directory';
import type { TenantReads } from '../../../shared/graph/tenant/tenant-reads';
import { UserError } from '../../../shared/kernel/errors';
import type { PolicyFileReader } from '../../../shared/pipeline/sources/policy-file';
import { buildTenantServices } from '../../../shared/wiring-tenant';
import type { TenantServices } from '../../../shared/wiring-tenant';
import { factsFor } from '../../visible-text';
import { makeTenantCredential } from './tenant-credential';
import type { SignInOptions, TenantIo } from './tenant-credential';
import { explainRefusal } from './tenant-refusal';

export type TenantOptions = SignInOptions & { readonly json?: true };

/** A tenant that is looked at through Graph alone. */
export type Tenant = {
  readonly pipeline: TenantServices;
  readonly reads: TenantReads;
  readonly credential: TokenCredential;
  readonly settings: TenantSettings;
  readonly policyFile: PolicyFileReader;
};

/** Puts something between the command and Graph. */
export type Over = (directory: Directory, who: Pick<Tenant, 'credential' | 'settings'>) => Directory;

/** What a deployed app has unless it is set otherwise: how many seats count as scarce depends on it. */
const lanes = 32;

/**
 * Looks at the tenant that the caller is signed in to: Graph alone, and nothing of it can be changed from here. Without `json` every
 * text of the result is one line that a terminal only shows.
 *
 * @param over what stands between the command and Graph, such as pages that an interrupted command has read
 * @throws UserError `cli/needs-sign-in`, `cli/rights`, `config/…`
 */
export async function withTenant<Result>(
  options: TenantOptions,
  io: TenantIo,
  work: (tenant: Tenant) => Promise<Result>,
  over?: Over,
): Promise<Result> {
  const settings = loadTenantSettings(processEnvironment());
  const { graphOrigin, permissions } = settings;
  const credential = makeTenantCredential(options, settings, io);
  const policyFile = policyFileFor(settings);
  const parts = { credential, graphOrigin, policyFile, permissions, lanes };
  const { pipeline, reads } = buildTenantServices(
    over === undefined ? parts : { ...parts, over: (directory) => over(directory, { credential, settings }) },
  );
  try {
    return factsFor(options, await work({ pipeline, reads, credential, settings, policyFile }));
  } catch (thrown) {
    throw explainRefusal(thrown);
  }
}

/** The policy of the sample tenant fits no other tenant: one has to be named. */
function policyFileFor({ policyPath }: TenantSettings): PolicyFileReader {
  if (policyPath !== null) return policyFileOf({ policyPath });
  return {
    path: 'no policy',
    read: async () => {
      throw new UserError('cli/no-policy', 'No policy was named', {
        hint: 'Give --policy FILE where the command takes it, or set LICENSER_POLICY_PATH. `licenser policy import --target tenant` drafts one from the licenses that are there.',
      });
    },
  };
}
