import { seededRandom } from '../../../shared/kernel/random';
import { loadPolicy } from '../../../shared/policy/file/load-policy';

const alphabet = '\n\n  :-[]{},"\'|>&*!%@`#?abc01~\t';

/**
 * Loads mutations of a policy file, and collects those that break a promise of the loader: it never throws, gives no
 * policy exactly when it names an error, and each problem has a place.
 */
export function fuzzPolicyFile(example: string, runs: number, seed: number): readonly string[] {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const mutate = () => {
    let text = example;
    for (let edits = 1 + pick(5); edits > 0; edits--) {
      const at = pick(text.length);
      const piece =
        pick(2) === 0
          ? text.slice(pick(text.length)).slice(0, pick(40))
          : alphabet.charAt(pick(alphabet.length));
      text = text.slice(0, at) + piece + text.slice(at + pick(4));
    }
    return text;
  };
  return Array.from({ length: runs }, mutate).filter((text) => !keepsItsPromises(text));
}

function keepsItsPromises(text: string): boolean {
  try {
    const { policy, problems } = loadPolicy(text);
    const hasError = problems.some(({ severity }) => severity === 'error');
    return (policy === null) === hasError && problems.every(({ line, column }) => line > 0 && column > 0);
  } catch {
    return false;
  }
}
