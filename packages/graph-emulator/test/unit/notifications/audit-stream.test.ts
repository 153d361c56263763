import { expect, it } from '@jest/globals';
import { AuditLog } from '../../../src/engine/history/audit-log';
import { AuditStream } from '../../../src/notifications/event-hubs/audit-stream';

const hub = { connectionString: 'Endpoint=sb://127.0.0.1', eventHub: 'h' };

/** A clock that the test moves, and hubs that answer when the test says. */
function setUp() {
  const own = { now: 0, listeners: 0 };
  const jobs: { readonly at: number; readonly run: () => void }[] = [];
  const clock = {
    now: () => own.now,
    schedule: (at: number, run: () => void) => void jobs.push({ at, run }),
  };
  const log = new AuditLog();
  const audit = {
    listen: (listener: (audit: Record<string, unknown>) => void) => {
      own.listeners += 1;
      const stop = log.listen(listener);
      return () => {
        own.listeners -= 1;
        stop();
      };
    },
  };
  const settings = { auditLogLatencyMs: { min: 0, max: 0 } };
  const context = { audit, clock, random: () => 0, settings, tenant: { facts: { tenantId: 't' } } };
  const sent: { readonly records: readonly unknown[]; readonly answer: (isTaken: boolean) => void }[] = [];
  const stream = new AuditStream(context as unknown as ConstructorParameters<typeof AuditStream>[0], () => ({
    validate: async () => undefined,
    send: (records) => new Promise((answer) => sent.push({ records, answer })),
    close: async () => undefined,
  }));
  const happen = () =>
    log.add({
      at: own.now,
      activity: 'Add user',
      category: 'UserManagement',
      operation: 'Add',
      failure: null,
      note: '',
      app: 'portal',
      user: undefined,
      properties: undefined,
      targets: [],
      modified: [],
    });
  const pass = async (ms: number) => {
    own.now += ms;
    for (;;) {
      const index = jobs.findIndex(({ at }) => at <= own.now);
      if (index === -1) break;
      jobs.splice(index, 1)[0]?.run();
    }
    await Promise.resolve();
  };
  return { own, stream, sent, happen, pass };
}

it('listens to the directory only while it delivers somewhere', async () => {
  const { own, stream } = setUp();
  const seen = [own.listeners];
  await stream.deliverTo(hub);
  await stream.deliverTo(hub);
  seen.push(own.listeners);
  await stream.remove();
  seen.push(own.listeners);

  expect(seen).toEqual([0, 1, 0]);
});

it('sends what fell due for another hub while a send to the one before it was under way', async () => {
  const { stream, sent, happen, pass } = setUp();
  await stream.deliverTo(hub);
  happen();
  await pass(0);
  await pass(20);
  expect(sent).toHaveLength(1);

  await stream.deliverTo(hub);
  happen();
  await pass(20);
  sent[0]?.answer(false);
  await pass(0);
  await pass(0);
  await pass(20);

  expect(sent.map(({ records }) => records.length)).toEqual([1, 1]);
});
