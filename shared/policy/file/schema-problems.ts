import type { z } from 'zod';
import { nearestName } from '../near-name';
import { keysAt } from './policy-keys';
import type { Report } from './policy-report';
import type { Path, YamlSource } from './yaml-source';

type Issue = z.core.$ZodIssue;

/** What zod found, in an admin's words and with places in the file. */
export function schemaProblems(issues: readonly Issue[], yaml: YamlSource, report: Report): void {
  for (const issue of issues) reportIssue(issue, issue.path.map(toKey), yaml, report);
}

const toKey = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key));

function reportIssue(issue: Issue, path: Path, yaml: YamlSource, report: Report): void {
  const position = yaml.positionOf(path);
  const where = path.length === 0 ? 'the policy' : path.join('.');
  if (path.length > 0 && issue.code !== 'custom' && !yaml.has(path)) {
    report('error', 'policy/missing', `"${where}" is missing`, position, path);
    return;
  }
  switch (issue.code) {
    case 'unrecognized_keys': {
      for (const key of issue.keys) {
        const near = nearestName(key, keysAt(path));
        const hint =
          near === undefined ? `Known here: ${keysAt(path).join(', ')}.` : `Did you mean "${near}"?`;
        report(
          'error',
          'policy/unknown-key',
          `Unknown key "${key}"`,
          yaml.positionOfKey(path, key),
          [...path, key],
          hint,
        );
      }
      return;
    }
    case 'invalid_union': {
      // The branch that came furthest is the one that was meant.
      const best = issue.errors
        .filter((errors) => errors.length > 0)
        .sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
      if (best !== undefined && depthOf(best) > 0) {
        for (const inner of best) reportIssue(inner, [...path, ...inner.path.map(toKey)], yaml, report);
        return;
      }
      break;
    }
    case 'invalid_type':
      report(
        'error',
        'policy/type',
        `"${where}" must be ${typeName(issue.expected)}`,
        position,
        path,
        typeHint(issue.expected),
      );
      return;
    case 'invalid_value':
      report('error', 'policy/value', valueMessage(where, issue.values), position, path);
      return;
    default:
      break;
  }
  report('error', 'policy/value', `"${where}": ${issue.message}`, position, path);
}

function depthOf(errors: readonly Issue[]): number {
  return Math.max(...errors.map((error) => (error.code === 'unrecognized_keys' ? 1 : error.path.length)));
}

function typeName(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    array: 'a list',
    object: 'a map of keys',
    record: 'a map of keys',
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
  };
  return names[expected] ?? expected;
}

function typeHint(expected: string): string | undefined {
  return expected === 'array'
    ? 'Write it in brackets, [A, B], or one item per line after a dash.'
    : undefined;
}

function valueMessage(where: string, values: readonly unknown[]): string {
  const allowed = values.map(String);
  return allowed.length === 1
    ? `"${where}" must be ${allowed.join('')}`
    : `"${where}" must be one of ${allowed.join(', ')}`;
}
