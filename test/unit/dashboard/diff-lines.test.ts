import { describe, expect, it } from '@jest/globals';
import { diffLines } from '../../../dashboard/views/policy/diff-lines';

const drawn = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, text }) => `${{ same: ' ', gone: '-', new: '+' }[kind]}${text}`);

describe('the difference of two policies', () => {
  it('keeps what is in both, in order', () => {
    expect(drawn('a\nb\nc', 'a\nB\nc\nd')).toEqual([' a', '-b', '+B', ' c', '+d']);
  });

  it('is all new, all gone, or nothing', () => {
    expect(drawn('a', 'b')).toEqual(['-a', '+b']);
    expect(drawn('a\nb', 'a\nb')).toEqual([' a', ' b']);
  });
});
