import { microsoftCloudOf, isAzureHost, isLoopback } from '../kernel/microsoft-cloud';

/** What is wrong with the webhook's address and secret. */
export function webhookProblems(url: string | undefined, secret: string | undefined): readonly string[] {
  if (url === undefined) {
    return secret === undefined
      ? []
      : [problem('LICENSER_WEBHOOK_URL', 'must be set when LICENSER_WEBHOOK_SECRET is')];
  }
  const { protocol, hostname } = new URL(url);
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isAllowed ? [] : [problem('LICENSER_WEBHOOK_URL', 'must be https')];
}

/** https, or http on this machine: what comes from there decides who is signed in. */
export function originProblems(setting: string, url: string | undefined): readonly string[] {
  if (url === undefined) return [];
  const { protocol, hostname } = new URL(url);
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isAllowed ? [] : [problem(setting, 'must be https')];
}

/** A real tenant's people are vouched for by Microsoft alone: a local issuer lets anybody sign in as anybody. */
export function authorityProblems(authority: string | undefined, graphOrigin: string): readonly string[] {
  if (authority === undefined || isLoopback(new URL(graphOrigin).hostname)) return [];
  return new URL(authority).origin === microsoftCloudOf(graphOrigin).authority
    ? []
    : [problem('LICENSER_OPS_AUTHORITY', 'must be the sign-in of the same cloud as Graph')];
}

/** The management API of a broker on this machine has no sign-in. */
export function managementProblems(url: string | undefined): readonly string[] {
  if (url === undefined || isLoopback(new URL(url).hostname)) return [];
  return [problem('LICENSER_SERVICE_BUS_MANAGEMENT', 'is for a Service Bus on this machine only')];
}

/** The host of a connection string; undefined: it names none. */
export function hostOf(connection: string): string | undefined {
  const [, host] = /(?:^|;)\s*Endpoint\s*=\s*(?:sb|amqps?):\/\/(\[[^\]]*\]|[^/:;]+)/i.exec(connection) ?? [];
  return host;
}

/** A connection string holds a key: it goes to Azure or stays on this machine. */
export function busProblems(connection: string | undefined): readonly string[] {
  if (connection === undefined) return [];
  const host = hostOf(connection);
  if (host !== undefined && (isLoopback(host) || isAzureHost(host, 'servicebus'))) return [];
  return [
    problem(
      'ServiceBusConnection',
      'must name a Service Bus of Azure or of this machine: Endpoint=sb://NAMESPACE.servicebus.windows.net/;…',
    ),
  ];
}

/** The token for Graph would go to a program of this machine in clear, beside what is real: embedded is all or nothing. */
export function mixedProblems(graphOrigin: string, tables: URL, bus: string | undefined): readonly string[] {
  if (!isLoopback(new URL(graphOrigin).hostname)) return [];
  const elsewhere = [
    ...(isLoopback(tables.hostname) ? [] : ['LICENSER_TABLES_ENDPOINT']),
    ...(bus === undefined || isLoopback(bus) ? [] : ['Service Bus']),
  ];
  if (elsewhere.length === 0) return [];
  const where = elsewhere.join(' and ');
  return [problem('LICENSER_GRAPH_ORIGIN', `must not be of this machine while ${where} is not`)];
}

/** One problem of a setting, without its value. */
export function problem(setting: string, message: string): string {
  return `${setting} ${message}`;
}
