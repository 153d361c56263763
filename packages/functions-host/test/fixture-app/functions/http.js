const { app } = require('@azure/functions');
const { entries } = require('../journal');

app.http('echo', {
  route: 'echo/{name?}',
  handler: async (request, context) => ({
    status: 201,
    headers: { 'x-function': context.functionName },
    cookies: [{ name: 'seen', value: 'a b', path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 60 }],
    jsonBody: {
      method: request.method,
      url: request.url,
      name: request.params.name ?? null,
      query: Object.fromEntries(request.query),
      principal: request.headers.get('x-ms-client-principal-id'),
      user: request.user,
      body: await request.text(),
    },
  }),
});

app.http('files', {
  methods: ['GET'],
  route: 'files/{*rest}',
  handler: (request) => ({ body: request.params.rest }),
});
app.http('fixed', { methods: ['GET'], route: 'files/fixed', handler: () => ({ body: 'literal' }) });
app.http('numbered', {
  methods: ['GET'],
  route: 'numbered/{id:int}',
  handler: (request) => ({ body: request.params.id }),
});
app.http('bytes', {
  methods: ['POST'],
  handler: async (request) => ({ body: Buffer.from(await request.arrayBuffer()) }),
});
app.http('guarded', { methods: ['GET'], authLevel: 'function', handler: () => ({ body: 'open' }) });
app.http('master', { methods: ['GET'], authLevel: 'admin', handler: () => ({ body: 'open' }) });
// Switched off by an app setting of the test.
app.http('silenced', { methods: ['GET'], handler: () => ({ body: 'never' }) });
app.http('silent', { methods: ['GET'], handler: () => undefined });
app.http('slow', {
  methods: ['GET'],
  handler: () => new Promise((resolve) => setTimeout(resolve, 600, { body: 'done' })),
});
app.http('endless', { methods: ['GET'], handler: () => new Promise(() => undefined) });
app.http('boom', {
  methods: ['GET'],
  handler: () => {
    throw new Error('boom');
  },
});
app.http('forgotten', {
  methods: ['GET'],
  handler: () => {
    void Promise.reject(new Error('rejected and not awaited'));
    return { body: 'fine' };
  },
});
app.http('late', {
  methods: ['GET'],
  handler: () => {
    app.http('too-late', { handler: () => ({}) });
    return { body: 'registered' };
  },
});
app.http('environment', { methods: ['GET'], handler: () => ({ jsonBody: process.env }) });
app.http('journal', { methods: ['GET'], handler: () => ({ jsonBody: entries }) });

app.http('hooked', { methods: ['GET'], handler: () => ({ body: 'original' }) });
app.hook.preInvocation((context) => {
  if (context.invocationContext.functionName !== 'hooked') return;
  context.functionHandler = () => ({ body: 'replaced by a hook' });
});
