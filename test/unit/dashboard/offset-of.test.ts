import { describe, expect, it } from '@jest/globals';
import { offsetOf, textInField } from '../../../dashboard/views/policy/offset-of';

const text = 'version: 1\nrules:\n  - name: all';

describe('where a problem of a policy is in its text', () => {
  it.each([
    [1, 1, 'version: 1'],
    [2, 1, 'rules:'],
    [3, 5, 'name: all'],
  ])('line %i, column %i', (line, column, found) => {
    expect(text.slice(offsetOf(text, line, column)).startsWith(found)).toBe(true);
  });

  it.each([
    [2, 99, '\n  - name: all'],
    [3, 99, ''],
    [9, 1, ''],
  ])('line %i, column %i, which is not there, is the end of what is', (line, column, rest) => {
    expect(text.slice(offsetOf(text, line, column))).toBe(rest);
  });
});

describe('a text with the line ends of Windows', () => {
  const text = textInField('version: 1\r\nmode: enforce\r\nrules: []\r\n');

  it('is counted as a textarea has it', () => {
    expect(text).toBe('version: 1\nmode: enforce\nrules: []\n');
    expect(text.slice(offsetOf(text, 3, 1))).toBe('rules: []\n');
  });
});
