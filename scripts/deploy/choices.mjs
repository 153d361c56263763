// What an administrator chooses: the command line's option, and the variable that infra/main.bicepparam reads.
import { between, everyOne, everyPair, like, list, oneOf, pairs, text, yesNo } from './choice-kinds.mjs';

/**
 * @param {string} parameter of infra/main.bicep
 * @param {string} env the variable that infra/main.bicepparam reads
 * @param {{ option: object, write: Function, read: Function }} kind
 * @param {{ option?: string, takes?: string, help?: string, check?: (value: unknown) => string | null }} more option: on the
 *   command line; without one a script works the value out. check: what is wrong with a value, before Azure sees it
 */
const choice = (parameter, env, kind, more = {}) => ({ parameter, env, kind, ...more });

/** In the order of the usage. */
export const choices = [
  choice('alertEmails', 'LICENSER_ALERT_EMAILS', list, {
    option: 'alert-mail',
    takes: 'ADDRESS',
    help: 'gets a mail when users are not licensed; may be repeated; none: no alert is on',
    check: everyOne(like(/^[^\s@]+@[^\s@]+$/, 'a mail address')),
  }),
  choice('location', 'LICENSER_LOCATION', text),
  choice('operators', 'LICENSER_OPERATORS', list),
  // Not LICENSER_OPS_CLIENT_ID: azure-env.mjs puts that into shells for the CLI, so it may be another environment's.
  choice('operationsClientId', 'LICENSER_OPERATIONS_CLIENT_ID', text),
  choice('operatorsMayReceive', 'LICENSER_OPERATORS_MAY_RECEIVE', yesNo, {
    option: 'operators-may-receive',
    help: 'operators may peek into queues, and so empty them: for emergencies',
  }),
  choice('permissions', 'LICENSER_PERMISSIONS', text, {
    option: 'permissions',
    takes: 'MODE',
    help: 'license-only (default) or full, see docs/permissions.md',
    check: oneOf('license-only', 'full'),
  }),
  choice('notifications', 'LICENSER_NOTIFICATIONS', yesNo, {
    option: 'notifications',
    help: 'Graph calls the app when a user changes',
  }),
  choice('graphEvents', 'LICENSER_GRAPH_EVENTS', text, {
    option: 'graph-events',
    takes: 'WAY',
    help: 'Graph’s changes come by Event Grid: off (default), webhook or queue, see docs/deploy.md',
    check: oneOf('off', 'webhook', 'queue'),
  }),
  choice('graphEventsTopic', 'LICENSER_GRAPH_EVENTS_TOPIC', yesNo, {
    option: 'graph-events-topic',
    help: 'Graph has made the partner topic: deliver its events into the queue',
  }),
  choice('auditLog', 'LICENSER_AUDIT_LOG', yesNo, {
    option: 'audit-log',
    help: 'read Entra’s audit log from an event hub, see docs/deploy.md',
  }),
  choice('deltaSchedule', 'LICENSER_DELTA_SCHEDULE', text, {
    option: 'delta-schedule',
    takes: 'CRON',
    help: 'how often changed users are asked for (default: */15 * * * * *)',
    check: like(/^\S+( \S+){5}$/, 'NCRONTAB with six fields, the first of them seconds'),
  }),
  choice('quotaSharePercent', 'LICENSER_QUOTA_SHARE_PERCENT', text, {
    option: 'quota-share',
    takes: 'PERCENT',
    help: 'part of the write quota that the app may use, 1 to 100 (default: 80)',
    check: between(1, 100),
  }),
  choice('webhook', 'LICENSER_WEBHOOK', yesNo, {
    option: 'webhook',
    help: 'report trouble to a webhook; its URL comes from the variable LICENSER_WEBHOOK_URL',
  }),
  choice('extraSettings', 'LICENSER_EXTRA_SETTINGS', pairs, {
    option: 'setting',
    takes: 'NAME=VALUE',
    help: 'further app setting (docs/settings.md); may be repeated; NAME= removes it',
    check: everyPair(/^[A-Za-z_]\w*$/),
  }),
  choice('name', 'LICENSER_NAME', text, {
    option: 'name',
    takes: 'NAME',
    help: 'prefix of the names, when a group holds several (default: licenser)',
    check: like(
      /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/,
      '2 to 20 lower-case letters, digits and hyphens, the first a letter, the last no hyphen',
    ),
  }),
  choice('tags', 'LICENSER_TAGS', pairs, {
    option: 'tag',
    takes: 'NAME=VALUE',
    help: 'tag of all resources; may be repeated; NAME= removes it',
    check: everyPair(/^[^<>%&\\?/]{1,512}$/),
  }),
  choice('instanceMemoryMB', 'LICENSER_INSTANCE_MEMORY_MB', text, {
    option: 'memory',
    takes: 'MB',
    help: '512, 2048 (default) or 4096 for an instance',
    check: oneOf('512', '2048', '4096'),
  }),
  choice('alwaysReadyInstances', 'LICENSER_ALWAYS_READY', text, {
    option: 'always-ready',
    takes: 'N',
    help: 'instances of decide and of apply that never sleep (default: 1)',
    check: between(0, 20),
  }),
  choice('maximumInstanceCount', 'LICENSER_MAXIMUM_INSTANCES', text, {
    option: 'max-instances',
    takes: 'N',
    help: 'most instances of a function, 40 (default) to 1000',
    check: between(40, 1_000),
  }),
  choice('nodeVersion', 'LICENSER_NODE_VERSION', text, {
    option: 'node',
    takes: 'VERSION',
    help: 'Node.js 24 (default) or 22',
    check: oneOf('22', '24'),
  }),
  choice('storageSku', 'LICENSER_STORAGE_SKU', text, {
    option: 'storage-sku',
    takes: 'SKU',
    help: 'Standard_ZRS (default), Standard_LRS, Standard_GRS, Standard_GZRS',
    check: oneOf('Standard_ZRS', 'Standard_LRS', 'Standard_GRS', 'Standard_GZRS'),
  }),
  choice('messageTimeToLive', 'LICENSER_MESSAGE_TTL', text, {
    option: 'message-ttl',
    takes: 'DURATION',
    help: 'how long a message may wait, ISO 8601 (default: P14D)',
    check: like(/^P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?$/, 'an ISO 8601 duration such as P14D'),
  }),
  choice('serviceBusRights', 'LICENSER_SERVICE_BUS_RIGHTS', text, {
    option: 'service-bus-rights',
    takes: 'RIGHTS',
    help: 'manage (default) or receive-and-send, see docs/permissions.md',
    check: oneOf('manage', 'receive-and-send'),
  }),
  choice('logRetentionDays', 'LICENSER_LOG_RETENTION_DAYS', text, {
    option: 'log-days',
    takes: 'N',
    help: 'days for which logs are kept, 30 (default) to 730',
    check: between(30, 730),
  }),
  choice('logDailyCapGB', 'LICENSER_LOG_DAILY_CAP_GB', text, {
    option: 'log-cap',
    takes: 'GB',
    help: 'most gigabytes of logs a day (default: 1); no limit: --log-cap=-1',
    check: between(-1, 1_000),
  }),
  choice('privateNetwork', 'LICENSER_PRIVATE_NETWORK', yesNo, {
    option: 'private-network',
    help: 'private endpoints only, Service Bus Premium',
  }),
  choice('networkAddressPrefix', 'LICENSER_NETWORK', text, {
    option: 'network',
    takes: 'CIDR',
    help: 'addresses of the private network, at least a /23 (default: 10.90.0.0/23)',
    check: like(/^\d{1,3}(\.\d{1,3}){3}\/([89]|1\d|2[0-3])$/, 'a CIDR block, /8 to /23'),
  }),
  choice('zoneRedundant', 'LICENSER_ZONE_REDUNDANT', yesNo, {
    option: 'zone-redundant',
    help: 'instances in several zones',
  }),
  choice('lockLedger', 'LICENSER_LOCK_LEDGER', yesNo, {
    option: 'lock',
    help: 'a lock on the ledger’s storage account (default)',
  }),
];
