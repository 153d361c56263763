import { describe, expect, it } from '@jest/globals';
import type { Result } from '../../../../shared/pipeline/row/effects';
import { consequencesOf, resultKinds } from '../../../../shared/pipeline/row/consequences';
import { decided } from '../../../support/decided';
import { makePipelineWorld, refusal } from '../../../support/pipeline-world';

const reason = { code: 'graph/unknown', text: 'Graph says no.' } as const;
const failure = { class: 'permission', reason };

describe('what a result brings', () => {
  it.each<[Result, string, 'failure' | '-', string | undefined]>([
    [{ kind: 'done' }, 'done', '-', undefined],
    [{ kind: 'done', note: 'superseded' }, 'done', '-', 'debug'],
    [{ kind: 'done', note: 'needsOperator' }, 'done', '-', 'warn'],
    [{ kind: 'again', isAttempt: true }, 'again', '-', undefined],
    [{ kind: 'at', at: 0, cause: 'lag' }, 'at lag', '-', 'debug'],
    [{ kind: 'at', at: 0, cause: 'permission', failure }, 'at permission', 'failure', 'debug'],
    [{ kind: 'park', scope: 'apply' }, 'park', '-', 'debug'],
    [{ kind: 'giveUp', class: 'unknown', reason }, 'giveUp', 'failure', undefined],
    [{ kind: 'block', reason }, 'block', '-', 'info'],
  ])('%j: count, failure row, level of the line', (result, counted, failed, level) => {
    const { count, failure: recorded, line } = consequencesOf(result);

    expect([count?.result, count?.cause].filter(Boolean).join(' ')).toBe(counted);
    expect(recorded === undefined ? '-' : 'failure').toBe(failed);
    expect(line?.level).toBe(level);
    expect(resultKinds).toContain(result.kind);
  });

  it('is nothing while the handling goes on', () => {
    expect(consequencesOf(undefined)).toEqual({});
  });

  it('is counted once a handling, whatever the handler was', async () => {
    const t = makePipelineWorld();
    const operation = await decided(t);
    t.world.beforeWrite = async () => {
      t.world.beforeWrite = async () => undefined;
      throw refusal('unavailable', 503);
    };

    await t.apply(operation);
    while (await t.step());

    expect(t.results).toEqual(['done', 'at unavailable', 'done', 'done']);
  });
});
