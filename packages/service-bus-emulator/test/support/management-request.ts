import rhea from 'rhea';

export type ManagementAnswer = {
  readonly status: number;
  readonly condition: string;
  /** undefined: the answer has none. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
};

/** Asks the $management of a queue for one operation, on a connection of its own, and gives the answer unread. */
export async function askManagement(
  port: number,
  queue: string,
  operation: string,
  body: unknown,
): Promise<ManagementAnswer> {
  const container = rhea.create_container();
  const connection = container.connect({ port, host: '127.0.0.1', reconnect: false });
  const node = `${queue}/$management`;
  const receiver = connection.open_receiver({ source: node, target: { address: 'reply' } });
  const sender = connection.open_sender(node);
  await new Promise<void>((resolve) => sender.once('sendable', () => resolve()));
  const answered = new Promise<ManagementAnswer>((resolve) => {
    receiver.once('message', ({ message }: rhea.EventContext) => {
      const properties = (message?.application_properties ?? {}) as Record<string, unknown>;
      resolve({
        status: Number(properties['statusCode']),
        condition: String(properties['errorCondition']),
        body: message?.body as Record<string, unknown> | undefined,
      });
    });
  });
  sender.send({ message_id: '1', reply_to: 'reply', application_properties: { operation }, body });
  const answer = await answered;
  connection.close();
  return answer;
}
