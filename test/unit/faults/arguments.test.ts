import { describe, expect, it } from '@jest/globals';
import { readArguments } from '../../../faults/arguments';

describe('arguments of the campaign', () => {
  it('has defaults, and takes numbers', () => {
    expect(readArguments([])).toEqual({
      runs: 100,
      seed: 1,
      isShrinking: true,
      isOnWires: false,
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
    expect(readArguments(['--wires'])).toMatchObject({ runs: 10, isOnWires: true });
  });

  it.each([
    ['--runs', '0'],
    ['--runs', '1.5'],
    ['--seed', '-1'],
    ['--runs'],
    ['--wires', '3'],
    ['--wires', '--story'],
    ['--story', '--runs', '2'],
  ])('refuses %s %s', (...args) => {
    expect(() => readArguments(args)).toThrow();
  });
});
