import { z } from 'zod';

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** An address of this machine: the embedded Graph sends nowhere else. */
const ownUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return loopback.includes(hostname) && ['http:', 'https:'].includes(protocol);
}, 'must be an http or https address of this machine');

/** A connection string whose host is this machine, of Service Bus or Event Hubs. */
export const ownBus = z.string().refine((text) => {
  const [, host = ''] = /(?:^|;)\s*Endpoint\s*=\s*sb:\/\/(\[[^\]]*\]|[^/:;\s]+)/i.exec(text) ?? [];
  return loopback.includes(host);
}, 'must be the connection string of a namespace of this machine');

/**
 * Where the events of a partner topic go. `contentMode`: one event a call with everything in its body, one a call with its
 * attributes in headers, or many a call.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
export const DestinationSchema = z.union([
  z.strictObject({
    url: ownUrl,
    contentMode: z.enum(['structured', 'binary', 'batch']).default('structured'),
  }),
  z.strictObject({ connectionString: ownBus, queue: z.string().min(1) }),
]);
export type Destination = z.infer<typeof DestinationSchema>;
