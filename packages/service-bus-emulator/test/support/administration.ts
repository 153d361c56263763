import { ServiceBusAdministrationClient } from '@azure/service-bus';

type Pipeline = {
  addPolicy(
    policy: {
      name: string;
      sendRequest(
        request: { url: string; allowInsecureConnection?: boolean },
        next: (request: unknown) => Promise<unknown>,
      ): Promise<unknown>;
    },
    options: { afterPhase: 'Retry' },
  ): void;
};

/** Microsoft's administration client on the management port of a broker. */
export function connectAdministration(bus: {
  readonly administrationConnectionString: string;
}): ServiceBusAdministrationClient {
  const admin = new ServiceBusAdministrationClient(bus.administrationConnectionString);
  // The client insists on https (Azure/azure-sdk-for-js#32757); the scheme is changed on the last stretch.
  (admin as unknown as { pipeline: Pipeline }).pipeline.addPolicy(
    {
      name: 'plain-http',
      sendRequest: (request, next) =>
        next(
          Object.assign(request, {
            url: request.url.replace(/^https:/, 'http:'),
            allowInsecureConnection: true,
          }),
        ),
    },
    { afterPhase: 'Retry' },
  );
  return admin;
}
