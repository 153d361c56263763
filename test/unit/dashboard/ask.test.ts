import { describe, expect, it } from '@jest/globals';
import { whenLinkIsPressed } from '../../../dashboard/act/link-in-dialog';
import { afterNews } from '../../../dashboard/act/own-progress';

describe('the dialog of an action', () => {
  it('shows how far its own action is', () => {
    expect(afterNews({ key: 'pause', at: 'sending' }, 'pause', 'done')).toEqual({ key: 'pause', at: 'done' });
  });

  it.each([
    ['of another action', { key: 'purge', at: 'asking' }],
    ['that is sending for another action', { key: 'purge', at: 'sending' }],
    ['that was closed', { key: null, at: 'asking' }],
  ] as const)('%s shows nothing of an answer that comes late', (_which, shown) => {
    expect(afterNews<string>(shown, 'pause', 'done')).toEqual(shown);
  });
});

describe('a link in the dialog', () => {
  it.each([
    ['asking', true, 'stays'],
    ['sending', true, 'stays'],
    ['refused', true, 'stays'],
    ['done', true, 'closes'],
    ['operation', true, 'closes'],
    ['approval', true, 'closes'],
    ['done', false, 'stays'],
  ] as const)('at the step %s, followed in the page: %s, and the dialog %s', (step, isFollowed, does) => {
    expect(whenLinkIsPressed(step, isFollowed)).toBe(does);
  });
});
