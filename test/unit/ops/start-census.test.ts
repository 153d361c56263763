import { expect, it } from '@jest/globals';
import { censusStatus, startCensus } from '../../../shared/ops/census/census';
import { findNextCensus } from '../../../shared/pipeline/census/find-next-census';
import { makeMemoryCursors } from '../../support/memory/memory-cursors';
import { makePipelineWorld } from '../../support/pipeline-world';

it('a census that an operator asks for is due, says who asked, and is in the audit', async () => {
  const t = makePipelineWorld();
  const services = { ...t.pipeline, cursors: makeMemoryCursors(t.now) };
  expect((await censusStatus(services)).state).toBe('never');

  const started = await startCensus(services, { by: 'ada', why: null });

  expect(started).toEqual({ asked: true, afterRunning: false });
  expect((await findNextCensus(services))?.request).toEqual({ at: t.now(), by: 'ada', reason: 'asked for' });
  expect((await censusStatus(services)).state).toBe('due');
  expect(t.audit).toMatchObject([{ action: 'census/start', by: 'ada' }]);
});
