import { beforeEach, describe, expect, it } from '@jest/globals';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import type { GraphSubscription } from '../../../../shared/graph/directory';
import { Secret } from '../../../../shared/kernel/secret';
import { keepSubscription } from '../../../../shared/pipeline/intake/keep-subscription';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { makeRecordingLogger } from '../../../support/recording-logger';

/** Graph's side: one subscription a resource and change type, as the real one keeps it. */
function makeWorld() {
  const t = makePipelineWorld();
  const logger = makeRecordingLogger();
  const graph = {
    held: [] as (GraphSubscription & { clientState: string })[],
    calls: [] as string[],
    mayMove: true,
    hidden: false,
  };
  let made = 0;
  const settings = {
    ...t.pipeline.settings,
    notificationUrl: 'https://app/1',
    clientState: new Secret('one'),
  };
  const find = (id: string) => graph.held.find((one) => one.id === id);
  const pipeline = {
    ...t.pipeline,
    settings,
    cursors: makeMemoryCursors(t.now),
    directory: {
      listSubscriptions: async () => (graph.hidden ? [] : graph.held),
      createSubscription: async (request: { notificationUrl: string; clientState: string }) => {
        graph.calls.push('create');
        const [existing] = graph.held;
        if (existing !== undefined) {
          const text = `Subscription Id ${existing.id} already exists for the requested combination`;
          throw new GraphError('subscriptionExists', text, { status: 409, ids: [existing.id] });
        }
        const id = `00000000-0000-4000-8000-00000000000${String(++made)}`;
        graph.held.push({ id, resource: 'users', expirationDateTime: '', ...request });
        return { id };
      },
      renewSubscription: async () => void graph.calls.push('renew'),
      moveSubscription: async (id: string, { notificationUrl }: { notificationUrl: string }) => {
        graph.calls.push('move');
        if (!graph.mayMove) throw new GraphError('badRequest', 'It cannot be updated', { status: 400 });
        Object.assign(find(id) ?? {}, { notificationUrl });
      },
      deleteSubscription: async (id: string) => {
        graph.calls.push('delete');
        graph.held = graph.held.filter((one) => one.id !== id);
      },
    },
  } as unknown as typeof t.pipeline;
  const { lines: logged } = logger;
  return { graph, pipeline, settings, logged, keep: () => keepSubscription(pipeline, { logger }) };
}

let t: ReturnType<typeof makeWorld>;
beforeEach(async () => {
  t = makeWorld();
  await t.keep();
  t.graph.calls.length = 0;
});
/** What Graph calls with which client state: it must be exactly one, with today's settings. */
const held = () => t.graph.held.map(({ notificationUrl, clientState }) => [notificationUrl, clientState]);

describe('the subscription', () => {
  it('is renewed while nothing has changed', async () => {
    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['renew', 'renew']);
  });

  it('is moved to a new address, as after a rotation of the function key', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });

    await t.keep();
    await t.keep();

    expect(t.graph.calls).toEqual(['move', 'renew']);
    expect(held()).toEqual([['https://app/2', 'one']]);
  });

  it('is replaced when Graph does not move it', async () => {
    Object.assign(t.settings, { notificationUrl: 'https://app/2' });
    t.graph.mayMove = false;

    await t.keep();

    expect(t.graph.calls).toEqual(['move', 'delete', 'create']);
    expect(held()).toEqual([['https://app/2', 'one']]);
  });

  it('is replaced after a rotation of the client state, which Graph neither shows nor changes', async () => {
    Object.assign(t.settings, { clientState: new Secret('two') });

    await t.keep();

    expect(held()).toEqual([['https://app/1', 'two']]);
  });

  it.each([
    ['one of 15 characters is warned of, and works', 'x'.repeat(15), 1],
    ['one of 16 characters is not', 'x'.repeat(16), 0],
  ])('calls with the client state: %s', async (_, clientState, warnings) => {
    Object.assign(t.settings, { clientState: new Secret(clientState) });
    t.logged.length = 0;

    await t.keep();

    expect(held()).toEqual([['https://app/1', clientState]]);
    const text = JSON.stringify(t.logged);
    expect(text.match(/LICENSER_CLIENT_STATE has fewer than 16/g) ?? []).toHaveLength(warnings);
    expect(text).not.toContain(clientState);
  });

  it('is replaced when the row about it is lost, or is of an earlier version', async () => {
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    rows.delete('graph-subscription');
    await t.keep();
    const row = rows.get('graph-subscription');
    rows.set('graph-subscription', { ...row!, value: `${t.graph.held[0]?.id ?? ''} other-fingerprint` });
    await t.keep();

    expect(t.graph.calls).toEqual(['delete', 'create', 'delete', 'create']);
    expect(held()).toEqual([['https://app/1', 'one']]);
  });

  it('takes the place of one that only Graph’s 409 names', async () => {
    const { rows } = t.pipeline.cursors as ReturnType<typeof makeMemoryCursors>;
    rows.delete('graph-subscription');
    t.graph.hidden = true;

    await t.keep();

    expect(t.graph.calls).toEqual(['create', 'delete', 'create']);
    expect(held()).toHaveLength(1);
  });
});
