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

/** The host of a connection string, or of a namespace that is named alone; undefined: it names none. */
function hostOf(bus: string): string | undefined {
  if (!bus.includes('=')) return bus;
  const [, host] = /(?:^|;)\s*Endpoint\s*=\s*[a-z]+:\/\/(\[[^\]]*\]|[^/:;\s]+)/i.exec(bus) ?? [];
  return host;
}

/**
 * A broker that is not Azure's: one that says so, as Microsoft's emulator does
 * (https://learn.microsoft.com/azure/service-bus-messaging/test-locally-with-service-bus-emulator), or whose host has no
 * public name: this machine, another container by its name, a private address.
 */
function isOwnBroker(connection: string, host: string): boolean {
  return (
    isLoopback(host) ||
    /(?:^|;)\s*UseDevelopmentEmulator\s*=\s*true\s*(?:;|$)/i.test(connection) ||
    !/[.:]/.test(host) ||
    /\.(?:internal|local|localhost)$/i.test(host) ||
    /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))(?:\.\d{1,3}){2,3}$|^\[f[cde]/i.test(host)
  );
}

/** A connection string holds a key: it goes to Azure, or to a broker of one's own. `setting`: the name of the setting. */
export function busProblems(
  connection: string | undefined,
  setting = 'ServiceBusConnection',
): readonly string[] {
  if (connection === undefined) return [];
  const host = hostOf(connection);
  if (host !== undefined && (isAzureHost(host, 'servicebus') || isOwnBroker(connection, host))) return [];
  return [
    problem(
      setting,
      'must name a namespace of Azure or of this machine: Endpoint=sb://NAMESPACE.servicebus.windows.net/;… An emulator elsewhere needs UseDevelopmentEmulator=true',
    ),
  ];
}

/**
 * The token for Graph would go to a program of this machine in clear, beside what is real: embedded is all or nothing.
 * `bus`: a connection string, or the host of a namespace.
 */
export function mixedProblems(graphOrigin: string, tables: URL, bus: string | undefined): readonly string[] {
  if (!isLoopback(new URL(graphOrigin).hostname)) return [];
  const elsewhere = [
    ...(isLoopback(tables.hostname) ? [] : ['LICENSER_TABLES_ENDPOINT']),
    ...(isAzureHost(hostOf(bus ?? '') ?? '', 'servicebus') ? ['Service Bus'] : []),
  ];
  if (elsewhere.length === 0) return [];
  const where = elsewhere.join(' and ');
  return [problem('LICENSER_GRAPH_ORIGIN', `must not be of this machine while ${where} is not`)];
}

/** One problem of a setting, without its value. */
export function problem(setting: string, message: string): string {
  return `${setting} ${message}`;
}
