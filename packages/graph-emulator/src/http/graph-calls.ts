import type { Engine } from '../engine/engine';
import { GraphFault, malformedRequest } from '../engine/graph-fault';
import { answerBatch } from './batch';
import type { Clients } from './clients';
import { parseJsonBody } from './dispatcher';
import type { Answer, Dispatcher } from './dispatcher';
import { errorBody } from './error-answer';

const prefix = '/v1.0';
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

/** A request as a transport has read it. */
export type WireCall = {
  readonly method: string;
  /** Path and query, beginning with the version. */
  readonly url: string;
  /** `name`: in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The body, '' for none; or why it was not read. */
  readonly text: string | GraphFault;
};

/** Graph's /v1.0 whatever the transport: single requests and $batch, with their refusals. */
export class GraphCalls {
  constructor(
    private readonly engine: Engine,
    private readonly dispatcher: Dispatcher,
    private readonly clients: Clients,
  ) {}

  /** Throws only what is a bug of the emulator. The answer comes at once unless something makes it wait. */
  answer(call: WireCall): Answer | Promise<Answer> {
    try {
      const answer = this.take(call);
      return answer instanceof Promise ? answer.catch((error: unknown) => this.refuse(error)) : answer;
    } catch (error) {
      return this.refuse(error);
    }
  }

  private take({ method, url, header, text }: WireCall): Answer | Promise<Answer> {
    if (!url.startsWith(`${prefix}/`)) throw malformedRequest('Only v1.0 is emulated, and its root is not.');
    if (typeof text !== 'string') throw text;
    if (!methods.includes(method)) throw wrongMethod();
    const target = url.slice(prefix.length);
    if (target === '/$batch') return this.answerBatch(method, header, text);
    return this.dispatcher.dispatch({
      method,
      target,
      header,
      readBody: () => parseJsonBody(text, header('content-type')),
    });
  }

  private async answerBatch(method: string, header: WireCall['header'], text: string): Promise<Answer> {
    if (method !== 'POST') throw wrongMethod();
    this.dispatcher.counters.requests += 1;
    const authorization = header('authorization');
    this.clients.authenticate(authorization);
    const body = parseJsonBody(text, header('content-type'));
    const batch = await answerBatch(this.engine, this.dispatcher, body, authorization);
    const requestId = this.engine.requestIds.text(this.engine.requestIds.next());
    return {
      status: 200,
      headers: { 'request-id': requestId, 'client-request-id': requestId },
      body: { responses: batch.responses },
      isReset: batch.isReset,
      record: batch.record,
    };
  }

  private refuse(error: unknown): Answer {
    if (!(error instanceof GraphFault)) throw error;
    const requestId = this.engine.requestIds.text(this.engine.requestIds.next());
    const ids = { requestId, clientRequestId: requestId, now: this.engine.clock.now() };
    const headers = { ...error.headers, 'request-id': requestId, 'client-request-id': requestId };
    return { status: error.status, headers, body: errorBody(error, ids), isReset: false, record: undefined };
  }
}

function wrongMethod(): GraphFault {
  return new GraphFault(
    405,
    'Request_BadRequest',
    'Specified HTTP method is not allowed for the request target.',
  );
}
