import type { Problem } from '../../shared/policy/problem';

/** `file:line:column: severity: message [code]`, the hint below: the form editors make links of. */
export function renderProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ file, line, column, severity, message, code, hint }) => {
      const place = `${file ?? 'policy'}:${String(line)}:${String(column)}`;
      return `${place}: ${severity}: ${message} [${code}]\n${hint === undefined ? '' : `    ${hint}\n`}`;
    })
    .join('');
}
