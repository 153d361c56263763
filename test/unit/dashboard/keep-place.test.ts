import { describe, expect, it } from '@jest/globals';
import { keepPlace } from '../../../dashboard/parts/keep-place';

const row = (id: string, text = '') => ({ id, text });
const keep = (kept: readonly ReturnType<typeof row>[], rows: readonly ReturnType<typeof row>[]) =>
  keepPlace(kept, rows, ({ id }) => id);

describe('rows that keep their place', () => {
  it('stay in their order while others come before them, and are counted', () => {
    const { shown, fresh, gone } = keep([row('b'), row('c')], [row('new'), row('a'), row('c'), row('b')]);

    expect(shown.map(({ id }) => id)).toEqual(['b', 'c']);
    expect([fresh, gone.size]).toEqual([2, 0]);
  });

  it('show what they say now, and stay when they are gone', () => {
    const { shown, gone, fresh } = keep([row('a', 'then'), row('b', 'then')], [row('b', 'now')]);

    expect(shown).toEqual([row('a', 'then'), row('b', 'now')]);
    expect([...gone]).toEqual(['a']);
    expect(fresh).toBe(0);
  });
});
