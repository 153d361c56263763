import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNotCarriedOut } from '../../../shared/pipeline/not-carried-out';
import { loadPolicy } from '../../../shared/policy/load-policy';

const folder = join(__dirname, '..', '..', '..', 'policy');

function refusals(text: string): readonly string[] {
  const { policy, problems } = loadPolicy(text, { file: 'policy.yaml' });
  if (policy === null) throw new Error(JSON.stringify(problems));
  return findNotCarriedOut(policy, 'policy.yaml').map((problem) => problem.path ?? '');
}

describe('findNotCarriedOut', () => {
  it.each(['licensing.yaml', 'sample-tenant.yaml'])('lets %s run', (file) => {
    expect(refusals(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
  });

  it('refuses what the complete example promises beyond this version, each by its place', () => {
    expect(refusals(readFileSync(join(folder, 'complete.yaml'), 'utf8'))).toEqual([
      'removal',
      'guards',
      'rules.1.assign',
    ]);
  });
});
