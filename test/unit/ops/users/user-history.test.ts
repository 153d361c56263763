import { describe, expect, it } from '@jest/globals';
import { renderHistory } from '../../../../cli/commands/user/history';
import { userHistory } from '../../../../shared/ops/users/user-history';
import type { Services } from '../../../../shared/pipeline/services';
import type { TimelineEntry } from '../../../../shared/words/timeline';
import { makePipelineWorld, userId } from '../../../support/pipeline-world';

const entry = (
  version: number,
  step: TimelineEntry['step'],
  facts: TimelineEntry['facts'],
): TimelineEntry => ({
  ...{ version, step, at: version, text: `step ${String(version)}`, facts },
});

/** The story of one user; `read`: the rollouts that were asked for. */
async function storyOf(timeline: readonly TimelineEntry[]) {
  const { pipeline } = makePipelineWorld();
  const read: string[] = [];
  const rollouts: Record<string, object> = {
    kept: { id: 'kept', by: 'ann@contoso.com', approvedBy: 'bob@contoso.com' },
    own: { id: 'own', by: 'licenser', approvedBy: null },
  };
  const history = await userHistory(
    {
      ...pipeline,
      directory: { ...pipeline.directory, findUser: async () => undefined },
      users: {
        read: async () => ({
          userId,
          etag: 'e',
          state: { userPrincipalName: 'eve@contoso.com' },
          ledger: [],
        }),
        timeline: async () => timeline,
      },
      rollouts: {
        read: async (id: string) => {
          read.push(id);
          return rollouts[id];
        },
      },
    } as unknown as Services,
    userId,
  );
  return { history, read };
}

describe('what happened to a user', () => {
  it('names who asked for the rollout of a write and who approved it, each rollout read once', async () => {
    const { history, read } = await storyOf([
      entry(1, 'decided', { source: 'delta' }),
      entry(2, 'intended', { rollout: 'kept' }),
      entry(2, 'written', { rollout: 'kept' }),
      entry(3, 'written', { rollout: 'own' }),
      entry(4, 'written', { rollout: 'forgotten' }),
      entry(5, 'pinned', { by: 'cid@contoso.com' }),
    ]);

    expect(history.entries.map(({ by, approvedBy }) => [by, approvedBy])).toEqual([
      [null, null],
      ['ann@contoso.com', 'bob@contoso.com'],
      ['ann@contoso.com', 'bob@contoso.com'],
      ['licenser', null],
      [null, null],
      ['cid@contoso.com', null],
    ]);
    expect(read.sort()).toEqual(['forgotten', 'kept', 'own']);
    const lines = renderHistory(history).replaceAll(/\s+/g, ' ');
    expect(lines).toContain(
      'step 2 (rollout kept, asked for by ann@contoso.com, approved by bob@contoso.com)',
    );
    expect(lines).toContain('step 4 (rollout forgotten)');
    expect(lines).toContain('step 5 (by cid@contoso.com)');
  });

  it('asks for no rollout where none was', async () => {
    expect((await storyOf([entry(1, 'seen', {})])).read).toEqual([]);
  });
});
