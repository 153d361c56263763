import type { LocalCloud } from '../local/cloud-file';

/**
 * The addresses of the running cloud and what to try next, at most 80 columns.
 * @param licensed a user who was licensed
 * @param isOwnTenant another tenant than the sample: it has other departments and SKUs
 */
export function describeNext(cloud: LocalCloud, licensed: string | undefined, isOwnTenant = false): string {
  const { functions, graph, serviceBus, tables } = cloud;
  const cli = 'npm run -s licenser --';
  return [
    `Ops page     ${functions.origin}/api/ui/   sign in as Local operator`,
    `Functions    ${functions.origin}   health: /api/health`,
    `Graph        ${graph.origin}   what was written: /_local/write-log`,
    `Service Bus  127.0.0.1:${serviceBus.port} (AMQP), http://127.0.0.1:${serviceBus.managementPort} (management)`,
    `Tables       ${tables.endpoint}`,
    '',
    'Try next, from another terminal:',
    ...(isOwnTenant
      ? [`  ${cli} local sync --like-last-week --follow`, `  ${cli} sku list`, `  ${cli} plan`]
      : [`  ${cli} local sync --users 10 --follow`, `  ${cli} sku plans EMS`]),
    ...(licensed === undefined ? [] : [`  ${cli} user show ${licensed}`]),
    ...(isOwnTenant ? [] : [`  ${cli} local user create --department Sales --wait`]),
    `  ${cli} doctor`,
    `A second functions host for this cloud:  npm run local:functions`,
    'Stop everything with Ctrl-C.',
  ].join('\n');
}
