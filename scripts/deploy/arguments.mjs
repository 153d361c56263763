// The command line of scripts/deploy.mjs.
import { parseArgs } from 'node:util';
import { choices } from './choices.mjs';

const offered = choices.filter(({ option }) => option !== undefined);

const row = (left, help) => `  ${left.padEnd(29)} ${help}\n`;
const rowOf = ({ option, takes, help }) =>
  row(takes === undefined ? `--[no-]${option}` : `--${option} ${takes}`, help);

export const usage = `usage: scripts/deploy.sh --group GROUP --location REGION [options]   (PowerShell: scripts/deploy.ps1)

${row('--policy FILE', 'policy of the first start (default: policy/starter.yaml, which only observes)')}${row(
  '--operator ID[:KIND]',
  'object id of a User, Group or ServicePrincipal who operates; may be repeated (default: you)',
)}${row('--operations-api', 'register the operations API and open it to the operators')}
What stays as the last deployment had it unless it is given:

${offered.map(rowOf).join('')}
How it is deployed:

${row('--what-if', 'only show what would change')}${row('--no-look', 'no doctor and no plan at the end')}${row(
  '--no-graph',
  'nothing is asked of Graph, for a pipeline without rights in the tenant: the permissions',
)}${row('', 'were granted before, and there is no doctor and no plan')}${row(
  '--leave-lock',
  'the ledger’s lock stays as it is, for a pipeline without the right to make locks',
)}${row('--retry-seconds N', 'pause between tries while rights come into force (default: 30)')}`;

/**
 * @param {readonly string[]} args
 * @returns what was asked for; `asked` by parameter of infra/main.bicep
 * @throws {TypeError} an unknown option, a missing one, or an empty path; the message says which
 */
export function readArguments(args) {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      group: { type: 'string' },
      location: { type: 'string' },
      policy: { type: 'string' },
      operator: { type: 'string', multiple: true, default: [] },
      'operations-api': { type: 'boolean', default: false },
      'what-if': { type: 'boolean', default: false },
      look: { type: 'boolean', default: true },
      graph: { type: 'boolean', default: true },
      'leave-lock': { type: 'boolean', default: false },
      'retry-seconds': { type: 'string', default: '30' },
      ...Object.fromEntries(offered.map(({ option, kind }) => [option, kind.option])),
    },
  });
  for (const needed of ['group', 'location'])
    if (!values[needed]) throw new TypeError(`--${needed} is missing`);
  // An unset variable of a pipeline, which must not pass for "no policy was named".
  if (values.policy === '') throw new TypeError('--policy names no file');
  const retrySeconds = Number(values['retry-seconds']);
  if (!(retrySeconds >= 0)) throw new TypeError('--retry-seconds must be a number');
  return {
    group: values.group,
    location: values.location,
    policy: values.policy,
    operators: values.operator,
    wantsOperationsApi: values['operations-api'],
    isWhatIf: values['what-if'],
    mayLook: values.look && values.graph,
    mayGrant: values.graph,
    leavesLock: values['leave-lock'],
    pauseMs: retrySeconds * 1_000,
    asked: Object.fromEntries(
      offered.map(({ parameter, option, kind }) => {
        const given = values[option];
        return [parameter, given === undefined ? undefined : (kind.fromOption?.(given) ?? given)];
      }),
    ),
  };
}
