import { describe, expect, it } from '@jest/globals';
import { pauseScope, resumeScope } from '../../../shared/ops/pauses/change-pause';
import { makePipelineWorld } from '../../support/pipeline-world';

describe('a pause by an operator', () => {
  it('is told to the webhook when it begins and ends, once', async () => {
    const { pipeline, events } = makePipelineWorld();
    const ada = { by: 'ada', why: 'a change window' };

    await pauseScope(pipeline, 'apply', ada);
    await pauseScope(pipeline, 'apply', ada);
    await resumeScope(pipeline, 'apply', { by: 'bob', why: null });
    await resumeScope(pipeline, 'apply', { by: 'bob', why: null });

    expect(events).toEqual([
      {
        event: 'paused',
        subject: 'apply',
        reason: { code: 'paused/operator', text: 'ada paused apply: a change window' },
      },
      { event: 'resumed', subject: 'apply', reason: { code: 'resumed/operator', text: 'bob resumed apply' } },
    ]);
  });
});
