import type { ServiceBusAdministrationClient } from '@azure/service-bus';

type PipelineRequest = { url: string; allowInsecureConnection?: boolean };
type AddsPolicy = {
  readonly pipeline: {
    addPolicy(
      policy: {
        name: string;
        sendRequest(request: PipelineRequest, next: (request: PipelineRequest) => unknown): unknown;
      },
      options: { afterPhase: 'Retry' },
    ): void;
  };
};

/**
 * Sends the administration client's requests to a Service Bus on this machine. The client insists on https and
 * forwards neither an HTTP client nor allowInsecureConnection
 * (https://github.com/Azure/azure-sdk-for-js/issues/32757), but its pipeline takes policies.
 */
export function redirectAdministration(client: ServiceBusAdministrationClient, origin: string): void {
  const { pipeline } = client as unknown as AddsPolicy;
  pipeline.addPolicy(
    {
      name: 'redirectToThisMachine',
      sendRequest: (request, next) => {
        const { pathname, search } = new URL(request.url);
        request.url = `${origin}${pathname}${search}`;
        request.allowInsecureConnection = true;
        return next(request);
      },
    },
    { afterPhase: 'Retry' },
  );
}
