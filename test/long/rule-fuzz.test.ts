import { expect, it } from '@jest/globals';
import { fuzzRules } from '../support/fuzz/rule-fuzz';

it('reads 100,000 texts of all kinds without breaking a promise', () => {
  const { wrong, valid } = fuzzRules(100_000, 2027);

  expect(wrong).toEqual([]);
  expect(valid).toBeGreaterThan(1000);
}, 120_000);
