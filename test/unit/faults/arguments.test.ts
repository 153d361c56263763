import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../faults/arguments';

describe('arguments of the campaign', () => {
  it('has defaults, and takes numbers', () => {
    expect(readArguments([])).toEqual({
      runs: 100,
      seed: 1,
      isShrinking: true,
      json: false,
      story: false,
      help: false,
    });
    expect(readArguments(['--runs', '20', '--seed', '0', '--json', '--no-shrink'])).toMatchObject({
      runs: 20,
      seed: 0,
      isShrinking: false,
      json: true,
    });
    expect(readArguments(['--story', '--seed', '9'])).toMatchObject({ runs: 1, seed: 9, story: true });
  });

  it.each([
    ['--runs', '0'],
    ['--runs', '1.5'],
    ['--seed', '-1'],
    ['--runs'],
    ['--wires', '3'],
    ['--story', '--runs', '2'],
  ])('refuses %s %s', (...args) => {
    expect(() => readArguments(args)).toThrow();
  });
});
