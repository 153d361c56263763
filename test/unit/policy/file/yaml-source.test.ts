import { afterEach, expect, it, jest } from '@jest/globals';
import { readYaml } from '../../../../shared/policy/file/yaml-source';

afterEach(() => void jest.restoreAllMocks());

it('a key that is a list or a map leaves no warning of the library on the terminal', () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);

  const { content, problems } = readYaml('version: 1\n? [SPE_E3]\n: { count: 5 }\n', 'policy.yaml');

  expect(content).toEqual({ version: 1, '[ SPE_E3 ]': { count: 5 } });
  expect(problems).toEqual([]);
  expect(warned).not.toHaveBeenCalled();
});
