import { z } from 'zod';
import { microsoftCloudOf, isAzureHost, isLoopback, publicCloud } from '../kernel/microsoft-cloud';
import { UserError } from '../kernel/errors';
import { Secret } from '../kernel/secret';
import { auditProblems, isHubName } from './audit-log';
import { eventGridProblems, graphEventWays, isEventGrid } from './graph-events';
import type { GraphEventWay } from './graph-events';
import { parseGraphOrigin } from './graph-origin';
import {
  authorityProblems,
  busProblems,
  managementProblems,
  mixedProblems,
  originProblems,
  problem,
  webhookProblems,
} from './setting-problems';
import { timing } from '../kernel/timing';

/** All settings of the app, read once from the environment and validated (docs/settings.md). */
export type Config = {
  readonly serviceBus:
    | { readonly kind: 'connectionString'; readonly connectionString: Secret }
    | { readonly kind: 'identity'; readonly fullyQualifiedNamespace: string };
  readonly tenantId: string;
  readonly graphOrigin: string;
  /** Who signs the tokens of this cloud: origin, no path. */
  readonly authority: string;
  readonly tables: {
    readonly endpoint: string;
    /** Only for tables on this machine; elsewhere the app signs in as itself. */
    readonly key: Secret | null;
  };
  readonly policyPath: string;
  readonly clientState: Secret | null;
  readonly notificationUrl: string | null;
  readonly graphEvents: GraphEventWay;
  /** The event hub with Entra's audit log; null: it is not read. */
  readonly auditHub: string | null;
  readonly lanes: number;
  readonly quotaShare: number;
  /** Writes per 150 seconds that Graph allows one app in one tenant. */
  readonly writeQuota: number;
  /** How long a handler waits out Graph, tables or queues that are away before its message goes back, milliseconds. */
  readonly outageMs: number;
  readonly permissions: 'full' | 'license-only';
  /** First look at whether a write has reached the services, milliseconds after it; 0: never. */
  readonly verifyAfterMs: number;
  /** Where trouble is reported. The URL is a secret: most receivers ask for nothing else. */
  readonly webhook: { readonly url: Secret; readonly secret: Secret | null } | null;
  /**
   * Sign-in to the ops API: the application (client) id of its registration, and who signs its tokens (origin, no path);
   * null: the API is not configured and refuses everything.
   */
  readonly ops: { readonly clientId: string; readonly authority: string } | null;
  /** Who must approve: what guards ask for, every activation, or what guards ask for but one person may do both. */
  readonly approval: ApprovalMode;
  /** 95 % of users should have their license within this time, milliseconds. */
  readonly objectiveMs: number;
  /** Where the management API of a Service Bus on this machine listens; null: the SDK knows it. */
  readonly serviceBusManagement: string | null;
  /** Users who were there before the app are counted, and licensed, at its first start. */
  readonly firstCensus: boolean;
  /** How long timelines are kept, and the rows of users whom the directory does not know any more; milliseconds. */
  readonly kept: { readonly historyMs: number; readonly leaversMs: number };
};

export const approvalModes = ['guards', 'always', 'one-person'] as const;
export type ApprovalMode = (typeof approvalModes)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

const number = (lowest: number, highest: number) =>
  z.coerce.number(`must be a number from ${lowest} to ${highest}`).min(lowest).max(highest);

const dayMs = timing.settings.day.ms;
/** Entra keeps a deleted user for 30 days, in which an administrator can restore it with all its licenses. */
const days = number(31, 3_650).int();

const Settings = z.object({
  ServiceBusConnection: z.string().min(1).optional(),
  ServiceBusConnection__fullyQualifiedNamespace: z.string().min(1).optional(),
  LICENSER_TENANT_ID: z.guid('must be the tenant’s id, a GUID'),
  LICENSER_GRAPH_ORIGIN: z.string().default(publicCloud.graphOrigin),
  AZURE_AUTHORITY_HOST: z.url('must be a URL, such as https://login.microsoftonline.us').optional(),
  LICENSER_TABLES_ENDPOINT: z.url('must be a URL, such as https://ACCOUNT.table.core.windows.net'),
  LICENSER_TABLES_KEY: z.string().min(1).optional(),
  LICENSER_POLICY_PATH: z.string().min(1).default('policy/licensing.yaml'),
  LICENSER_CLIENT_STATE: z.string().max(128, 'must have at most 128 characters').optional(),
  LICENSER_NOTIFICATION_URL: z.url().optional(),
  LICENSER_GRAPH_EVENTS: z.enum(graphEventWays).default('off'),
  LICENSER_AUDIT_HUB: z.string().refine(isHubName, 'must be the name of an event hub').optional(),
  EventHubConnection: z.string().min(1).optional(),
  EventHubConnection__fullyQualifiedNamespace: z.string().min(1).optional(),
  LICENSER_LANES: number(1, 128).int().default(32),
  LICENSER_QUOTA_SHARE: number(0.01, 1).default(0.8),
  LICENSER_WRITE_QUOTA: number(1, 1_000_000).default(3_000),
  LICENSER_OUTAGE_SECONDS: number(1, 600).default(timing.settings.outage.ms / 1_000),
  LICENSER_VERIFY_SECONDS: number(0, 3_600).default(timing.settings.firstVerify.ms / 1_000),
  LICENSER_PERMISSIONS: z.enum(['full', 'license-only']).default('full'),
  LICENSER_WEBHOOK_URL: z.url('must be a URL').optional(),
  LICENSER_WEBHOOK_SECRET: z.string().min(16, 'must have at least 16 characters').optional(),
  LICENSER_OPS_CLIENT_ID: z.guid('must be the client id of the app registration, a GUID').optional(),
  LICENSER_OPS_AUTHORITY: z.url('must be a URL').optional(),
  LICENSER_OBJECTIVE: z
    .string()
    .regex(/^p95 \d{1,5}s$/, 'must be like p95 60s')
    .default('p95 60s'),
  LICENSER_APPROVAL: z.enum(approvalModes).default('guards'),
  LICENSER_SERVICE_BUS_MANAGEMENT: z.url('must be a URL').optional(),
  LICENSER_FIRST_CENSUS: z.enum(['on', 'off']).default('on'),
  LICENSER_HISTORY_DAYS: days.default(timing.settings.history.ms / dayMs),
  LICENSER_LEAVER_DAYS: days.default(timing.settings.leavers.ms / dayMs),
});

/**
 * Reads the settings. An empty text counts as not set.
 * @throws UserError `config/invalid`: names every setting that is wrong, never its value (it may be a secret)
 */
export function loadConfig(environment: Environment): Config {
  const present = Object.fromEntries(
    Object.keys(Settings.shape)
      .map((key) => [key, environment[key]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Settings.safeParse(present);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) =>
        problem(
          issue.path.join('.'),
          present[String(issue.path[0])] === undefined ? 'is not set' : issue.message,
        ),
      );
  if (!present['ServiceBusConnection'] && !present['ServiceBusConnection__fullyQualifiedNamespace']) {
    problems.push(
      problem('ServiceBusConnection', 'or ServiceBusConnection__fullyQualifiedNamespace must be set'),
    );
  }
  if (!parsed.success || problems.length > 0) throw invalid(problems);
  const settings = parsed.data;

  const graphOrigin = parseGraphOrigin(settings.LICENSER_GRAPH_ORIGIN);
  const tables = new URL(settings.LICENSER_TABLES_ENDPOINT);
  if (!isLoopback(tables.hostname)) {
    if (!isAzureHost(tables.hostname, 'table.core')) {
      problems.push(
        problem('LICENSER_TABLES_ENDPOINT', 'must be a table service of Azure or of this machine'),
      );
    }
    if (tables.protocol !== 'https:') problems.push(problem('LICENSER_TABLES_ENDPOINT', 'must be https'));
    if (settings.LICENSER_TABLES_KEY !== undefined) {
      problems.push(
        problem(
          'LICENSER_TABLES_KEY',
          'is for tables on this machine only; in Azure the app signs in as itself',
        ),
      );
    }
  }
  if (settings.LICENSER_NOTIFICATION_URL !== undefined) {
    const url = new URL(settings.LICENSER_NOTIFICATION_URL);
    if (isEventGrid(settings.LICENSER_NOTIFICATION_URL)) {
      problems.push(...eventGridProblems(settings.LICENSER_NOTIFICATION_URL, settings.LICENSER_GRAPH_EVENTS));
    } else if (url.protocol !== 'https:' && !isLoopback(url.hostname)) {
      problems.push(problem('LICENSER_NOTIFICATION_URL', 'must be https: Graph calls nothing else'));
    }
    if (settings.LICENSER_CLIENT_STATE === undefined) {
      problems.push(problem('LICENSER_CLIENT_STATE', 'must be set when LICENSER_NOTIFICATION_URL is'));
    }
  }
  if (settings.LICENSER_GRAPH_EVENTS !== 'off' && settings.LICENSER_CLIENT_STATE === undefined) {
    problems.push(problem('LICENSER_CLIENT_STATE', 'must be set when LICENSER_GRAPH_EVENTS is'));
  }
  problems.push(...auditProblems(settings));
  problems.push(...webhookProblems(settings.LICENSER_WEBHOOK_URL, settings.LICENSER_WEBHOOK_SECRET));
  problems.push(
    ...originProblems('LICENSER_OPS_AUTHORITY', settings.LICENSER_OPS_AUTHORITY),
    ...authorityProblems(settings.LICENSER_OPS_AUTHORITY, graphOrigin),
    ...managementProblems(settings.LICENSER_SERVICE_BUS_MANAGEMENT),
    ...busProblems(settings.ServiceBusConnection),
  );
  const namespace = settings.ServiceBusConnection__fullyQualifiedNamespace;
  problems.push(...mixedProblems(graphOrigin, tables, settings.ServiceBusConnection ?? namespace));
  if (namespace !== undefined && !isAzureHost(namespace, 'servicebus')) {
    problems.push(
      problem(
        'ServiceBusConnection__fullyQualifiedNamespace',
        'must be like NAMESPACE.servicebus.windows.net',
      ),
    );
  }
  for (const [key, value] of Object.entries(present)) {
    if (value?.startsWith('@Microsoft.KeyVault(')) {
      problems.push(
        problem(key, 'is an unresolved Key Vault reference: does the identity have Key Vault Secrets User?'),
      );
    }
  }
  if (problems.length > 0) throw invalid(problems);

  return Object.freeze<Config>({
    serviceBus: settings.ServiceBusConnection
      ? { kind: 'connectionString', connectionString: new Secret(settings.ServiceBusConnection) }
      : {
          kind: 'identity',
          fullyQualifiedNamespace: settings.ServiceBusConnection__fullyQualifiedNamespace ?? '',
        },
    tenantId: settings.LICENSER_TENANT_ID.toLowerCase(),
    graphOrigin,
    authority: new URL(settings.AZURE_AUTHORITY_HOST ?? microsoftCloudOf(graphOrigin).authority).origin,
    tables: {
      endpoint: settings.LICENSER_TABLES_ENDPOINT.replace(/\/$/, ''),
      key: settings.LICENSER_TABLES_KEY === undefined ? null : new Secret(settings.LICENSER_TABLES_KEY),
    },
    policyPath: settings.LICENSER_POLICY_PATH,
    clientState:
      settings.LICENSER_CLIENT_STATE === undefined ? null : new Secret(settings.LICENSER_CLIENT_STATE),
    notificationUrl: settings.LICENSER_NOTIFICATION_URL ?? null,
    graphEvents: settings.LICENSER_GRAPH_EVENTS,
    auditHub: settings.LICENSER_AUDIT_HUB ?? null,
    lanes: settings.LICENSER_LANES,
    quotaShare: settings.LICENSER_QUOTA_SHARE,
    writeQuota: settings.LICENSER_WRITE_QUOTA,
    outageMs: settings.LICENSER_OUTAGE_SECONDS * 1_000,
    permissions: settings.LICENSER_PERMISSIONS,
    verifyAfterMs: settings.LICENSER_VERIFY_SECONDS * 1_000,
    webhook:
      settings.LICENSER_WEBHOOK_URL === undefined
        ? null
        : {
            url: new Secret(settings.LICENSER_WEBHOOK_URL),
            secret:
              settings.LICENSER_WEBHOOK_SECRET === undefined
                ? null
                : new Secret(settings.LICENSER_WEBHOOK_SECRET),
          },
    ops:
      settings.LICENSER_OPS_CLIENT_ID === undefined
        ? null
        : {
            clientId: settings.LICENSER_OPS_CLIENT_ID.toLowerCase(),
            authority: new URL(
              settings.LICENSER_OPS_AUTHORITY ??
                settings.AZURE_AUTHORITY_HOST ??
                microsoftCloudOf(graphOrigin).authority,
            ).origin,
          },
    approval: settings.LICENSER_APPROVAL,
    objectiveMs: Number(/\d+(?=s$)/.exec(settings.LICENSER_OBJECTIVE)?.[0]) * 1_000,
    serviceBusManagement:
      settings.LICENSER_SERVICE_BUS_MANAGEMENT === undefined
        ? null
        : new URL(settings.LICENSER_SERVICE_BUS_MANAGEMENT).origin,
    firstCensus: settings.LICENSER_FIRST_CENSUS === 'on',
    kept: {
      historyMs: settings.LICENSER_HISTORY_DAYS * dayMs,
      leaversMs: settings.LICENSER_LEAVER_DAYS * dayMs,
    },
  });
}

function invalid(problems: readonly string[]): UserError {
  return new UserError('config/invalid', `Settings are wrong: ${problems.join('; ')}`, {
    hint: 'Every setting and its default is in docs/settings.md.',
    details: { problems },
  });
}

/** The settings of this process: the one place where the environment is read. */
export function processEnvironment(): Environment {
  return process.env;
}
