import { isAzureHost } from '../kernel/microsoft-cloud';
import { busProblems, problem } from './setting-problems';

/** The name of the setting (or prefix of settings) that says where the Event Hubs namespace is. */
export const eventHubConnection = 'EventHubConnection';

/** The consumer group that the app reads with: its place in the hub is its own, whatever else is read there. */
export const auditConsumerGroup = 'auto-licenser';

/** https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsofteventhub */
const hubName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?$/;

/** Whether a text can be the name of an event hub. */
export function isHubName(text: string): boolean {
  return hubName.test(text);
}

/**
 * The event hub with the audit log, as registration needs it before settings are checked: a trigger of a hub that is not there
 * would be an error every minute. undefined: none is set, or no hub has such a name, which `loadConfig` refuses.
 */
export function readAuditHub(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const text = environment['LICENSER_AUDIT_HUB'] || undefined;
  return text !== undefined && isHubName(text) ? text : undefined;
}

/** What the settings say of the namespace with the audit log. */
export type AuditSettings = {
  readonly LICENSER_AUDIT_HUB?: string | undefined;
  readonly EventHubConnection?: string | undefined;
  readonly EventHubConnection__fullyQualifiedNamespace?: string | undefined;
};

/** What is wrong with the settings of the audit log. */
export function auditProblems(settings: AuditSettings): readonly string[] {
  const {
    LICENSER_AUDIT_HUB: hub,
    EventHubConnection: connection,
    EventHubConnection__fullyQualifiedNamespace: namespace,
  } = settings;
  return [
    ...(hub !== undefined && connection === undefined && namespace === undefined
      ? [
          problem(
            'EventHubConnection__fullyQualifiedNamespace',
            'or EventHubConnection must be set when LICENSER_AUDIT_HUB is',
          ),
        ]
      : []),
    ...(namespace !== undefined && !isAzureHost(namespace, 'servicebus')
      ? [
          problem(
            'EventHubConnection__fullyQualifiedNamespace',
            'must be like NAMESPACE.servicebus.windows.net',
          ),
        ]
      : []),
    ...busProblems(connection, eventHubConnection),
  ];
}
