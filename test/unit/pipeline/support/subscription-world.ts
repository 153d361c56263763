import type { GraphSubscription } from '../../../../shared/graph/directory';
import { GraphError } from '../../../../shared/graph/refusals/graph-error';
import { Secret } from '../../../../shared/kernel/secret';
import { keepSubscription } from '../../../../shared/pipeline/intake/keep-subscription';
import { makeMemoryCursors } from '../../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../../support/pipeline-world';
import { makeRecordingLogger } from '../../../support/recording-logger';

/** Graph's side: one subscription a resource and change type, as the real one keeps it. */
export function makeSubscriptionWorld() {
  const t = makePipelineWorld();
  const logger = makeRecordingLogger();
  const graph = {
    held: [] as (GraphSubscription & { clientState: string })[],
    calls: [] as string[],
    mayReadGroups: true,
    /** How many handshakes with the endpoint fail from now on. */
    slowHandshakes: 0,
    hidden: false,
  };
  let made = 0;
  const settings = {
    ...t.pipeline.settings,
    notificationUrl: 'https://app/1',
    clientState: new Secret('one'),
  };
  const pipeline = {
    ...t.pipeline,
    settings,
    cursors: makeMemoryCursors(t.now),
    directory: {
      listSubscriptions: async () => (graph.hidden ? [] : graph.held),
      createSubscription: async (request: {
        resource: string;
        notificationUrl: string;
        clientState: string;
      }) => {
        graph.calls.push(request.resource === 'users' ? 'create' : `create ${request.resource}`);
        if (request.resource === 'groups' && !graph.mayReadGroups)
          throw new GraphError('permission', 'Access is denied', { status: 403 });
        if (graph.slowHandshakes > 0) {
          graph.slowHandshakes--;
          throw new GraphError('badRequest', 'Subscription validation request timed out.', { status: 400 });
        }
        const existing = graph.held.find(({ resource }) => resource === request.resource);
        if (existing !== undefined) {
          const text = `Subscription Id ${existing.id} already exists for the requested combination`;
          throw new GraphError('subscriptionExists', text, { status: 409, ids: [existing.id] });
        }
        const id = `00000000-0000-4000-8000-00000000000${String(++made)}`;
        const lifecycleNotificationUrl: string | undefined = request.notificationUrl;
        graph.held.push({ id, expirationDateTime: '', lifecycleNotificationUrl, ...request });
        return { id };
      },
      renewSubscription: async () => void graph.calls.push('renew'),
      deleteSubscription: async (id: string) => {
        graph.calls.push('delete');
        graph.held = graph.held.filter((one) => one.id !== id);
      },
    },
  } as unknown as typeof t.pipeline;
  const { lines: logged } = logger;
  const keep = () => keepSubscription(pipeline, { logger });
  return { graph, pipeline, settings, logged, advance: (ms: number) => t.advance(ms), keep };
}
