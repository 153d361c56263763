// Where choices come from: the command line, the shell, and the last deployment to the group.
import { AzureRefused, azJson, tryAz } from './az.mjs';
import { choices } from './choices.mjs';

/** The name of the first environment's deployment in a group: its parameters are what a later one starts from. */
export const firstDeployment = 'main';

/** A choice that cannot be; the message names it. */
export class WrongChoice extends Error {
  name = 'WrongChoice';
}

/** @returns {string | undefined} what it prints; undefined: there is no such deployment */
function showDeployment(group, deployment, query, output) {
  const { ok, stdout, stderr } = tryAz([
    ...['deployment', 'group', 'show'],
    ...['--resource-group', group],
    ...['--name', deployment],
    ...['--query', query],
    ...['--output', output],
  ]);
  // Anything else than its absence must not pass for a first deployment: it would set back what was chosen before.
  if (!ok && !/(?:Deployment|ResourceGroup)NotFound/.test(stderr)) {
    throw new AzureRefused(`az deployment group show: ${stderr || 'failed without a message'}`);
  }
  return ok && stdout !== '' ? stdout : undefined;
}

/**
 * A group may hold several environments, which differ by their name. Each has a deployment of its own, or the choices of one
 * would become those of the other.
 *
 * @param {string} group
 * @param {string | undefined} name of the environment (`--name`); undefined: the first one of the group
 * @returns {string} the deployment's name
 * @throws {AzureRefused} whether there was a deployment is not known
 */
export function deploymentOf(group, name) {
  if (!name) return firstDeployment;
  const first = showDeployment(group, firstDeployment, 'properties.parameters.name.value', 'tsv');
  return first === undefined || first === name ? firstDeployment : `${firstDeployment}-${name}`;
}

/**
 * @param {string} group
 * @param {string | undefined} name of the environment; undefined: the first one of the group
 * @returns {{ deployment: string, parameters: Record<string, unknown>, isComplete: boolean, wasTried: boolean }} the
 *   parameters of the environment's last deployment, {} when there was none, whether it went through, and whether there was one
 * @throws {AzureRefused} whether there was one is not known
 */
export function previousChoices(group, name) {
  const deployment = deploymentOf(group, name);
  const shown = showDeployment(
    group,
    deployment,
    'properties.{state: provisioningState, parameters: parameters}',
    'json',
  );
  if (shown === undefined) return { deployment, parameters: {}, isComplete: false, wasTried: false };
  const { state, parameters } = JSON.parse(shown);
  return {
    deployment,
    parameters: plainValues(parameters),
    isComplete: state === 'Succeeded',
    wasTried: true,
  };
}

/**
 * @param {string} group
 * @returns {{ parameters: Record<string, unknown>, outputs: Record<string, string> }[]} the last deployment of each
 *   environment of the group, also of one that failed: that has parameters, and outputs none
 * @throws {AzureRefused} they cannot be read
 */
export function environmentsOf(group) {
  const listed = azJson(['deployment', 'group', 'list', '--resource-group', group, '--query', '[].name']);
  return (listed ?? [])
    .filter((deployment) => deployment === firstDeployment || deployment.startsWith(`${firstDeployment}-`))
    .map((deployment) => {
      const query = 'properties.{parameters: parameters, outputs: outputs}';
      const { parameters, outputs } = JSON.parse(showDeployment(group, deployment, query, 'json') ?? '{}');
      return { parameters: plainValues(parameters), outputs: plainValues(outputs) };
    });
}

/** Values as Azure Resource Manager gives them, by name; {} when there are none. */
const plainValues = (given) =>
  Object.fromEntries(Object.entries(given ?? {}).map(([name, { value }]) => [name, value]));

/**
 * What was asked for now, else what the shell says, else what the last deployment had. What none of them names has the
 * default of infra/main.bicepparam. NAME=VALUE choices add to what is there.
 *
 * @param {Record<string, unknown>} asked by parameter; undefined: not asked for
 * @param {Record<string, unknown>} previous by parameter
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, unknown>} by parameter
 * @throws {WrongChoice} a value that infra/ would not take
 */
export function mergeChoices(asked, previous, env) {
  return Object.fromEntries(
    choices.flatMap((choice) => {
      const { parameter, kind } = choice;
      const before = readVariable(choice, env) ?? previous[parameter];
      const now = asked[parameter];
      const value = now === undefined ? before : (kind.addTo?.(before ?? {}, now) ?? now);
      if (value === undefined || value === null) return [];
      const problem = choice.check?.(value) ?? null;
      if (problem === null) return [[parameter, value]];
      throw new WrongChoice(`${nameOf(choice)} ${problem}`);
    }),
  );
}

function readVariable({ env: variable, kind }, env) {
  if (!env[variable]) return undefined;
  try {
    return kind.read(env[variable]);
  } catch (cause) {
    throw new WrongChoice(`${variable} must be JSON`, { cause });
  }
}

const nameOf = ({ option, env }) => (option === undefined ? env : `--${option} (${env})`);

/** @returns {Record<string, string>} the environment in which `az` reads infra/main.bicepparam */
export const toEnvironment = (chosen) =>
  Object.fromEntries(
    choices.flatMap(({ parameter, env, kind }) =>
      chosen[parameter] === undefined ? [] : [[env, kind.write(chosen[parameter])]],
    ),
  );
