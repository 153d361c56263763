import { Hono } from 'hono';
import { z } from 'zod';
import type { Engine } from '../engine/engine';
import { exportTenant } from '../engine/export-tenant';
import { GraphFault } from '../engine/graph-fault';
import { changeSettings, makeSettings } from '../engine/settings';
import type { SettingsInput } from '../engine/settings';
import type { Clients } from '../http/clients';
import type { Dispatcher } from '../http/dispatcher';
import { DestinationSchema } from '../notifications/event-grid/destination';
import type { AuditStream } from '../notifications/event-hubs/audit-stream';
import { HubSchema } from '../notifications/event-hubs/hub-sender';
import type { SubscriptionService } from '../notifications/subscription-service';
import { addNewcomer } from '../people/add-newcomer';
import { syncWave } from './sync-wave';
import { syncWeek } from './sync-week';

export type ControlParts = {
  readonly engine: Engine;
  readonly dispatcher: Dispatcher;
  readonly clients: Clients;
  readonly subscriptions: SubscriptionService;
  readonly auditStream: AuditStream;
  /** What DELETE /faults goes back to. */
  readonly settings: SettingsInput;
};

const guid = z.guid().transform((text) => text.toLowerCase());
const people = z.number().int().min(0).max(200_000);
const syncSchema = z
  .strictObject({
    /** Joiners. */
    users: people,
    movers: people.default(0),
    leavers: people.default(0),
    seed: z.number().int().default(1),
  })
  .refine(({ users, movers, leavers }) => users + movers + leavers > 0, 'a sync without users');
const weekSchema = z.strictObject({
  users: people.optional(),
  movers: people.optional(),
  leavers: people.optional(),
  seed: z.number().int().default(1),
});
const newcomerSchema = z.looseObject({
  id: guid.optional(),
  userPrincipalName: z.string(),
  managerId: guid.nullable().optional(),
  memberOf: z.array(guid).optional(),
  assignedLicenses: z.array(z.object({ skuId: guid, disabledPlans: z.array(guid).default([]) })).optional(),
});
const holdSchema = z.strictObject({
  method: z.string().optional(),
  path: z.string(),
  isPattern: z.boolean().optional(),
  phase: z.enum(['before', 'after']),
  count: z.number().int().min(1).default(1),
});
const clientSchema = z.strictObject({
  clientId: z.string(),
  clientSecret: z.string(),
  roles: z.array(z.string()).optional(),
});
const seatsSchema = z.strictObject({
  enabled: z.number().int().min(0).optional(),
  warning: z.number().int().min(0).optional(),
  suspended: z.number().int().min(0).optional(),
  capabilityStatus: z.enum(['Enabled', 'Warning', 'Suspended', 'Deleted', 'LockedOut']).optional(),
});

const topicSchema = z.strictObject({ topic: z.string().min(1), deliverTo: DestinationSchema });

/** Mounted under /_local: faults, holds, clock, sync waves, export and the write log. No token, loopback only. */
export function controlApi(parts: ControlParts): Hono {
  const { engine, dispatcher, clients, subscriptions, auditStream } = parts;
  const app = new Hono();

  app.onError((error, c) => {
    if (error instanceof z.ZodError) {
      return c.json({ error: { code: 'local/bad-request', message: z.prettifyError(error) } }, 400);
    }
    if (error instanceof GraphFault) {
      return c.json({ error: { code: error.code, message: error.message } }, 400);
    }
    if (error instanceof SyntaxError) {
      return c.json({ error: { code: 'local/bad-request', message: error.message } }, 400);
    }
    throw error;
  });

  app.get('/state', (c) =>
    c.json({
      tenantId: engine.tenant.facts.tenantId,
      users: engine.tenant.userCount,
      now: engine.clock.now(),
      counters: dispatcher.counters,
      subscriptions: subscriptions.count,
      notifications: subscriptions.notifier.counters,
      changes: engine.changes.lastSeq,
      lastWrite: engine.writeLog.lastSeq,
    }),
  );

  app.get('/write-log', (c) => {
    const after = Number(c.req.query('after') ?? 0);
    const limit = Number(c.req.query('limit') ?? Infinity);
    return c.json({ entries: engine.writeLog.after(Number.isNaN(after) ? 0 : after, limit || Infinity) });
  });

  app.post('/sync', async (c) => {
    const counts = syncSchema.parse(await c.req.json());
    return c.json(syncWave(engine, counts));
  });

  app.post('/week', async (c) => c.json(syncWeek(engine, weekSchema.parse(await c.req.json()))));

  app.post('/users', async (c) => {
    const inputs = z.array(newcomerSchema).parse(await c.req.json());
    const users = inputs.map(({ id, managerId, memberOf, assignedLicenses, ...properties }) =>
      addNewcomer(engine, { id, managerId, memberOf, assignedLicenses, properties }),
    );
    return c.json({ users });
  });

  app.get('/export', (c) => {
    const lines = [...exportTenant(engine.tenant)].map((line) => JSON.stringify(line));
    return c.body(`${lines.join('\n')}\n`, 200, { 'content-type': 'application/x-ndjson' });
  });

  app.get('/faults', (c) => c.json(engine.settings));
  app.post('/faults', async (c) => {
    const change: unknown = await c.req.json();
    changeSettings(engine.settings, change);
    engine.journal.settings(change as Readonly<Record<string, unknown>>);
    return c.json(engine.settings);
  });
  app.delete('/faults', (c) => {
    Object.assign(engine.settings, makeSettings(parts.settings));
    engine.journal.settings(null);
    return c.json(engine.settings);
  });

  app.post('/holds', async (c) => c.json({ id: dispatcher.holds.add(holdSchema.parse(await c.req.json())) }));
  app.get('/holds/:id', (c) => {
    const waiting = dispatcher.holds.waiting(c.req.param('id'));
    return waiting ? c.json({ waiting }) : c.json(notThere('hold'), 404);
  });
  app.delete('/holds/:id', (c) => {
    const released = dispatcher.holds.release(c.req.param('id'));
    return released === undefined ? c.json(notThere('hold'), 404) : c.json({ released });
  });

  app.post('/clock', async (c) => {
    const { advanceMs } = z.strictObject({ advanceMs: z.number().min(0) }).parse(await c.req.json());
    engine.clock.advance(advanceMs);
    return c.json({ now: engine.clock.now() });
  });

  app.post('/clients', async (c) => {
    const { clientId, clientSecret, roles } = clientSchema.parse(await c.req.json());
    clients.register(clientId, clientSecret, roles);
    return c.json({ clientId }, 201);
  });
  app.patch('/clients/:id', async (c) => {
    const { roles } = z.strictObject({ roles: z.array(z.string()) }).parse(await c.req.json());
    const client = clients.find(c.req.param('id'));
    if (!client) return c.json(notThere('client'), 404);
    client.roles = roles;
    // Tokens carry roles: the ones given before would still open everything.
    clients.revoke();
    return c.json({ clientId: client.clientId, roles });
  });
  app.post('/tokens/revoke', (c) => {
    clients.revoke();
    return c.json({});
  });

  app.patch('/skus/:id', async (c) => {
    const { capabilityStatus, ...units } = seatsSchema.parse(await c.req.json());
    const sku = engine.tenant.skus.get(c.req.param('id').toLowerCase());
    if (!sku) return c.json(notThere('SKU'), 404);
    sku.prepaidUnits = { ...sku.prepaidUnits, ...(JSON.parse(JSON.stringify(units)) as object) };
    if (capabilityStatus) sku.capabilityStatus = capabilityStatus;
    engine.journal.sku(sku);
    return c.json({ skuId: sku.skuId, prepaidUnits: sku.prepaidUnits, consumedUnits: sku.consumedUnits });
  });

  app.post('/delta/reset', (c) => {
    engine.deltaTokens.reset();
    return c.json({});
  });
  app.post('/quotas/reset', (c) => {
    dispatcher.quotas.reset();
    return c.json({});
  });
  app.post('/subscriptions/reauthorization', async (c) => {
    const { afterMs } = z.strictObject({ afterMs: z.number().min(0).default(0) }).parse(await c.req.json());
    return c.json({ subscriptions: subscriptions.endAuthorizations(afterMs) });
  });
  app.get('/event-grid/topics', (c) => c.json({ topics: subscriptions.topics.list() }));
  app.post('/event-grid/topics', async (c) => {
    const { topic, deliverTo } = topicSchema.parse(await c.req.json());
    await subscriptions.topics.deliverTo(topic, deliverTo);
    return c.json({ topic }, 201);
  });
  app.delete('/event-grid/topics/:topic', async (c) => {
    const isThere = await subscriptions.topics.remove(c.req.param('topic'));
    return isThere ? c.json({}) : c.json(notThere('topic with a destination'), 404);
  });
  app.post('/audit-log', async (c) => {
    const hub = HubSchema.parse(await c.req.json());
    await auditStream.deliverTo(hub);
    return c.json({ eventHub: hub.eventHub }, 201);
  });
  app.delete('/audit-log', async (c) =>
    (await auditStream.remove()) ? c.json({}) : c.json(notThere('stream of the audit log'), 404),
  );
  return app;
}

function notThere(what: string) {
  return { error: { code: 'local/not-found', message: `There is no such ${what}` } };
}
