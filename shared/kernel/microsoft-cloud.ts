/** One of Microsoft's clouds: where its Graph is, who signs its tokens, and how its services are named. */
export type MicrosoftCloud = {
  readonly name: 'public' | 'usGovernment' | 'usGovernmentDod' | 'china';
  readonly graphOrigin: string;
  /** The host that signs tokens, without a slash at its end; AZURE_AUTHORITY_HOST of @azure/identity. */
  readonly authority: string;
  /** What the names of its storage and Service Bus end with: `table.core.<suffix>`, `servicebus.<suffix>`. */
  readonly suffix: string;
};

/** The world-wide cloud; also stands for the embedded one. */
export const publicCloud: MicrosoftCloud = {
  name: 'public',
  graphOrigin: 'https://graph.microsoft.com',
  authority: 'https://login.microsoftonline.com',
  suffix: 'windows.net',
};

/**
 * Graph: https://learn.microsoft.com/graph/deployments. Authorities:
 * https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud. Suffixes:
 * https://learn.microsoft.com/azure/azure-government/compare-azure-government-global-azure and
 * https://learn.microsoft.com/azure/china/resources-developer-guide.
 */
export const microsoftClouds: readonly MicrosoftCloud[] = [
  publicCloud,
  {
    name: 'usGovernment',
    graphOrigin: 'https://graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    suffix: 'usgovcloudapi.net',
  },
  {
    name: 'usGovernmentDod',
    graphOrigin: 'https://dod-graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    suffix: 'usgovcloudapi.net',
  },
  {
    name: 'china',
    graphOrigin: 'https://microsoftgraph.chinacloudapi.cn',
    authority: 'https://login.partner.microsoftonline.cn',
    suffix: 'chinacloudapi.cn',
  },
];

/** The cloud that a Graph origin belongs to; the public one for the embedded Graph on this machine. */
export function microsoftCloudOf(graphOrigin: string): MicrosoftCloud {
  return microsoftClouds.find((cloud) => cloud.graphOrigin === graphOrigin) ?? publicCloud;
}

/** The scope of a token for the Graph at this origin. The embedded Graph takes tokens for the public one. */
export function graphScope(graphOrigin: string): string {
  return `${microsoftCloudOf(graphOrigin).graphOrigin}/.default`;
}

/** True for a host name of this machine: localhost, 127.x.x.x, [::1]; in any case of letters. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/i.test(hostname);
}

/** True for a host of Azure's own domains of a service, in any of its clouds. */
export function isAzureHost(hostname: string, service: 'table.core' | 'servicebus'): boolean {
  const [, ...rest] = hostname.toLowerCase().split('.');
  return microsoftClouds.some(({ suffix }) => rest.join('.') === `${service}.${suffix}`);
}
