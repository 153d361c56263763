import rhea from 'rhea';

/**
 * The yardstick for the broker: a bare rhea container that a Service Bus client takes for one. It accepts every send,
 * takes batches apart, and gives the messages back in order on credit. No locks, no counts, no annotations, nothing
 * that outlives the connection: what an echo of the same shape costs when it is made of rhea and an array.
 */
const { types, message } = rhea;
const container = rhea.create_container({
  id: 'echo',
  sender_options: { treat_modified_as_released: false },
  receiver_options: { autoaccept: true },
});
(container.sasl_server_mechanisms as { enable_anonymous(): void }).enable_anonymous();

const batchFormat = 0x80013700;
const waiting: rhea.Message[] = [];
let head = 0;
/** Messages handed to each link so far, sent or not. */
const queued = new WeakMap<rhea.Sender, number>();
const tag = (number: number) => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(number);
  return bytes;
};
/** Kept out of rhea's typings. */
const accepted = (message as unknown as { accepted(): { described(): unknown } }).accepted().described();
let sent = 0;

function keep(bytes: Buffer, format: number | undefined): void {
  if (format !== batchFormat) return;
  const { content } = message.decode(bytes).body as { content: Buffer | Buffer[] };
  for (const part of Array.isArray(content) ? content : [content])
    waiting.push(message.decode(part) as unknown as rhea.Message);
}

container.on('sender_open', ({ sender }: rhea.EventContext) => {
  sender?.set_source(sender.source);
  sender?.set_target(sender.target);
  if (!sender) return;
  const local = sender as unknown as {
    local: { attach: { snd_settle_mode: number; rcv_settle_mode: number } };
  };
  local.local.attach.snd_settle_mode = sender.snd_settle_mode;
  local.local.attach.rcv_settle_mode = sender.rcv_settle_mode;
});
container.on('receiver_open', ({ receiver }: rhea.EventContext) => {
  receiver?.set_source(receiver.source);
  receiver?.set_target(receiver.target);
});
container.on('message', (context: rhea.EventContext) => {
  const { receiver, message: request, session } = context;
  const { format } = context as unknown as { format?: number };
  if (receiver?.target.address !== '$cbs') {
    keep(request as unknown as Buffer, format);
    return;
  }
  const reply = session?.find_sender((link: rhea.link) => (link as rhea.Sender).source.address === '$cbs');
  reply?.send({
    correlation_id: request?.message_id,
    application_properties: { 'status-code': types.wrap_int(202), 'status-description': 'OK' },
    body: null,
  } as unknown as rhea.Message);
});
container.on('sender_flow', ({ sender }: rhea.EventContext) => {
  if (!sender || sender.source.address === '$cbs') return;
  // Credit falls only on the next turn of the loop: count what is queued.
  const { credit, delivery_count } = sender as unknown as { credit: number; delivery_count: number };
  let handed = queued.get(sender) ?? 0;
  for (let left = credit + delivery_count - handed; left > 0 && head < waiting.length; left--) {
    const next = waiting[head++];
    if (next) sender.send(next, tag(sent++));
    handed++;
  }
  queued.set(sender, handed);
  if (head === waiting.length) {
    waiting.length = 0;
    head = 0;
  }
});
container.on('accepted', ({ delivery }: rhea.EventContext) => {
  const both = delivery as unknown as {
    remote_settled: boolean;
    update(settled: boolean, state: unknown): void;
  };
  both.update(true, accepted);
  both.remote_settled = true;
});
for (const name of ['error', 'connection_error', 'session_error', 'disconnected', 'protocol_error']) {
  container.on(name, () => undefined);
}

const server = container.listen({ port: 0, host: '127.0.0.1' });
server.on('listening', () => {
  const address = server.address();
  process.send?.({ type: 'ready', port: typeof address === 'object' ? address?.port : undefined });
});
process.on('disconnect', () => process.exit());
