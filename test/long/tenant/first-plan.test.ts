import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { makeTenant, sampleOptions } from '@auto-licenser/graph-emulator/make-tenant';
import { startEmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { EmbeddedGraph } from '../../../packages/graph-emulator/test/support/embedded-graph';
import type { PreviewView } from '../../../shared/ops/preview/preview-view';
import { projectRoot } from '../../support/local-cloud';
import { runMeasured } from '../../support/measuring/run-measured';

let graph: EmbeddedGraph;
beforeAll(async () => {
  graph = await startEmbeddedGraph({ tenant: makeTenant(sampleOptions) });
});
afterAll(() => graph.stop());

it('300 users are planned in a minute: of a processor, for a busy machine takes longer', async () => {
  const policy = join(projectRoot, 'policy', 'starter.yaml');
  const env = { LICENSER_GRAPH_ORIGIN: graph.origin, LICENSER_GRAPH_TOKEN: graph.token };

  const run = await runMeasured(['plan', '--target', 'tenant', '--policy', policy, '--json', '--fresh'], env);

  process.stderr.write(`first plan: ${JSON.stringify(run.use)}\n`);
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
  expect((JSON.parse(run.stdout) as PreviewView).users).toBe(300);
  expect(run.use?.processorSeconds).toBeLessThan(60);
});
