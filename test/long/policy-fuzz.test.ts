import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { fuzzPolicyFile } from '../support/fuzz/policy-fuzz';

const example = readFileSync(join(__dirname, '../../policy/complete.yaml'), 'utf8');

// The first seed is the one of test/unit/policy/file, which reads the first 200 of its texts.
it.each([5, 2027])(
  'a policy file is read or refused, whatever it says (10,000 texts, seed %i)',
  (seed) => {
    expect(fuzzPolicyFile(example, 10_000, seed)).toEqual([]);
  },
  600_000,
);
