import { describe, expect, it } from '@jest/globals';
import { emptyPage } from '../../../dashboard/parts/empty-page';

describe('a page without entries', () => {
  it.each([
    ['the only one', true, null, 'It has no users.'],
    ['the last of several', false, null, 'No more.'],
    ['the first of several', true, 'next', 'None on this page.'],
    ['one in between', false, 'next', 'None on this page.'],
  ])('that is %s says what is true of it', (_which, isFirst, next, said) => {
    expect(emptyPage({ isFirst, next }, 'It has no users.')).toBe(said);
  });
});
