import { Hono } from 'hono';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Engine } from '../engine/engine';
import { GraphFault, malformedRequest } from '../engine/graph-fault';
import { makeGuid } from '../../tenant/guid';
import { answerBatch } from './batch';
import type { Clients } from './clients';
import { parseJsonBody } from './dispatcher';
import type { Answer, Dispatcher } from './dispatcher';
import { errorBody } from './error-answer';

const prefix = '/v1.0';
const methods: readonly string[] = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

type Env = { Bindings: HttpBindings };

/** Graph's /v1.0 over HTTP: reads the request, lets the dispatcher answer it, writes the answer. */
export function graphApp(engine: Engine, dispatcher: Dispatcher, clients: Clients): Hono<Env> {
  const app = new Hono<Env>();

  const refuse = (error: unknown): Answer => {
    if (!(error instanceof GraphFault)) throw error;
    const requestId = makeGuid(engine.random);
    const ids = { requestId, clientRequestId: requestId, now: engine.clock.now() };
    const headers = { ...error.headers, 'request-id': requestId, 'client-request-id': requestId };
    return { status: error.status, headers, body: errorBody(error, ids), isReset: false, onSent: undefined };
  };

  app.post(`${prefix}/$batch`, async (c) => {
    let answer: Answer;
    try {
      dispatcher.counters.requests += 1;
      const authorization = c.req.header('authorization');
      clients.authenticate(authorization);
      const body = parseJsonBody(await c.req.text(), c.req.header('content-type'));
      const batch = await answerBatch(engine, dispatcher, body, authorization);
      const requestId = makeGuid(engine.random);
      answer = {
        status: 200,
        headers: { 'request-id': requestId, 'client-request-id': requestId },
        body: { responses: batch.responses },
        isReset: batch.isReset,
        onSent: batch.onSent,
      };
    } catch (error) {
      answer = refuse(error);
    }
    return send(answer, c.env);
  });

  app.all(`${prefix}/*`, async (c) => {
    const { method } = c.req;
    let answer: Answer;
    try {
      if (!methods.includes(method)) {
        throw new GraphFault(
          405,
          'Request_BadRequest',
          'Specified HTTP method is not allowed for the request target.',
        );
      }
      const text = method === 'GET' || method === 'DELETE' ? '' : await c.req.text();
      answer = await dispatcher.dispatch({
        method,
        target: targetOf(c.req.url),
        header: (name) => c.req.header(name),
        readBody: () => parseJsonBody(text, c.req.header('content-type')),
      });
    } catch (error) {
      answer = refuse(error);
    }
    return send(answer, c.env);
  });

  app.all('/:version{(v1.0|beta)}', () =>
    send(refuse(malformedRequest('The service root is not emulated.')), undefined),
  );
  app.all('/beta/*', () => send(refuse(malformedRequest('Only v1.0 is emulated, not beta.')), undefined));
  return app;
}

/** What follows /v1.0, with the query. */
function targetOf(url: string): string {
  const path = url.indexOf(prefix, url.indexOf('//') + 2);
  return url.slice(path + prefix.length);
}

function send(answer: Answer, bindings: HttpBindings | undefined): Response {
  if (answer.isReset && bindings) {
    bindings.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  answer.onSent?.();
  const { status, headers, body } = answer;
  if (body === undefined) return new Response(null, { status, headers });
  if (typeof body === 'string') {
    return new Response(body, { status, headers: { ...headers, 'content-type': 'text/plain' } });
  }
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...headers,
      'content-type':
        'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
    },
  });
}
