import { z } from 'zod';
import { UserError } from '../kernel/errors';
import { microsoftCloudOf, publicCloud } from '../kernel/microsoft-cloud';
import { Secret } from '../kernel/secret';
import type { Environment } from './config';
import { parseGraphOrigin } from './graph-origin';

/** What looking at a tenant takes of the settings: none of them must be set. */
export type TenantSettings = {
  readonly graphOrigin: string;
  /** Who signs the tokens of this cloud: origin, no path. */
  readonly authority: string;
  /** Id or domain of the tenant to sign in to; null: the one of the account. */
  readonly tenant: string | null;
  /** A ready access token for Graph; null: sign in. */
  readonly token: Secret | null;
  /** null: no policy was named. */
  readonly policyPath: string | null;
  readonly permissions: 'full' | 'license-only';
};

const Settings = z.object({
  LICENSER_GRAPH_ORIGIN: z.string().default(publicCloud.graphOrigin),
  LICENSER_GRAPH_TOKEN: z.string().min(1).optional(),
  LICENSER_TENANT_ID: z
    .string()
    .regex(/^[\w.-]+$/, 'must be the id or a domain of the tenant')
    .optional(),
  AZURE_TENANT_ID: z.string().optional(),
  AZURE_AUTHORITY_HOST: z.url('must be a URL, such as https://login.microsoftonline.us').optional(),
  LICENSER_POLICY_PATH: z.string().min(1).optional(),
  LICENSER_PERMISSIONS: z.enum(['full', 'license-only']).default('full'),
});

/**
 * The settings of `--target tenant`. An empty text counts as not set.
 * @throws UserError `config/invalid`, `config/graph-origin`; never with a value of a setting that may be a secret
 */
export function loadTenantSettings(environment: Environment): TenantSettings {
  const present = Object.fromEntries(
    Object.keys(Settings.shape)
      .map((key) => [key, environment[key]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Settings.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new UserError('config/invalid', `Settings are wrong: ${problems.join('; ')}`, {
      hint: 'Every setting and its default is in docs/settings.md.',
      details: { problems },
    });
  }
  const settings = parsed.data;
  const graphOrigin = parseGraphOrigin(settings.LICENSER_GRAPH_ORIGIN);
  return {
    graphOrigin,
    authority: new URL(settings.AZURE_AUTHORITY_HOST ?? microsoftCloudOf(graphOrigin).authority).origin,
    tenant: settings.LICENSER_TENANT_ID ?? settings.AZURE_TENANT_ID ?? null,
    token: settings.LICENSER_GRAPH_TOKEN === undefined ? null : new Secret(settings.LICENSER_GRAPH_TOKEN),
    policyPath: settings.LICENSER_POLICY_PATH ?? null,
    permissions: settings.LICENSER_PERMISSIONS,
  };
}
