// Rules over the Bicep files themselves. Each takes the parsed files and yields problems.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { declarationsOf, isExisting, knownNames, modulesOf, resourceType, usedNames } from './bicep-file.mjs';
import { nodesOf, plainText, problemAt, propertyName, propertyValue } from './parse-bicep.mjs';

const named = (callee) =>
  (callee.type === 'member_expression' ? callee.namedChildren.at(-1) : callee)?.text ?? '';

/** listKeys, listSecrets and their kin hand out keys: everything here signs in instead. */
export function* findKeyReading(files) {
  for (const file of files) {
    for (const call of nodesOf(file, 'call_expression')) {
      const name = named(call.namedChildren[0]);
      if (/^list[A-Z]/.test(name)) {
        yield problemAt(
          file.path,
          call,
          `${name}() reads keys; give the identity a role in infra/roles.bicep`,
        );
      }
    }
  }
}

const keySwitches = {
  'Microsoft.Storage/storageAccounts': ['allowSharedKeyAccess', 'false'],
  'Microsoft.ServiceBus/namespaces': ['disableLocalAuth', 'true'],
  'Microsoft.Insights/components': ['DisableLocalAuth', 'true'],
};

/** Where Azure can refuse keys altogether, it must. */
export function* findKeysLeftOn(files) {
  for (const file of files) {
    for (const resource of declarationsOf(file, 'resource_declaration')) {
      const [name, wanted] = keySwitches[resourceType(resource)] ?? [];
      if (name === undefined || isExisting(resource)) continue;
      const [body] = resource.node.descendantsOfType('object');
      const value = propertyValue(propertyValue(body, 'properties'), name);
      if (value?.text !== wanted) {
        yield problemAt(file.path, value ?? resource.node, `${resource.name} must have ${name}: ${wanted}`);
      }
    }
  }
}

/** Outputs are kept in the history of deployments, readable by everyone who may read the group. */
export function* findSecretOutputs(files) {
  const telling = /secret|password|connectionstring|accesskey|primarykey|sharedkey|token$/i;
  for (const file of files) {
    const secure = new Set(
      declarationsOf(file, 'parameter_declaration')
        .filter(({ decorators }) => decorators.includes('secure'))
        .map(({ name }) => name),
    );
    for (const output of declarationsOf(file, 'output_declaration')) {
      const told = output.node
        .descendantsOfType(['identifier', 'property_identifier'])
        .find(({ text }) => secure.has(text) || telling.test(text));
      if (told) yield problemAt(file.path, told, `output ${output.name} would show a secret (${told.text})`);
    }
  }
}

/** All rights stand in one file, so that a reviewer reads one file. */
export function* findStrayRoleAssignments(files) {
  for (const file of files.filter(({ path }) => path !== 'infra/roles.bicep')) {
    for (const resource of declarationsOf(file, 'resource_declaration')) {
      if (resourceType(resource).toLowerCase() === 'microsoft.authorization/roleassignments') {
        yield problemAt(file.path, resource.node, 'role assignments belong in infra/roles.bicep');
      }
    }
  }
}

export function* findUndescribed(files) {
  for (const file of files) {
    for (const type of ['parameter_declaration', 'output_declaration']) {
      for (const { name, node, decorators } of declarationsOf(file, type)) {
        if (!decorators.includes('description'))
          yield problemAt(file.path, node, `${name} has no @description`);
      }
    }
  }
}

export function* findUnknownNames(files) {
  for (const file of files) {
    const known = knownNames(file);
    for (const node of usedNames(file)) {
      if (!known.has(node.text))
        yield problemAt(file.path, node, `${node.text} is not declared in this file`);
    }
  }
}

export function* findUnused(files) {
  for (const file of files) {
    const used = new Set(usedNames(file).map(({ text }) => text));
    for (const type of ['parameter_declaration', 'variable_declaration']) {
      for (const { name, node } of declarationsOf(file, type)) {
        if (!used.has(name)) yield problemAt(file.path, node, `${name} is not used`);
      }
    }
  }
}

/** Paths that are loaded, modules' parameters and modules' outputs: what the compiler would check across files. */
export function* findBrokenModules(files, root) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const file of files) {
    for (const call of nodesOf(file, 'call_expression')) {
      const path = plainText(call.namedChildren[1]?.namedChildren[0]);
      if (!/^load[A-Z]/.test(named(call.namedChildren[0])) || path === undefined) continue;
      if (!existsSync(join(root, dirname(file.path), path))) {
        yield problemAt(file.path, call, `${path} does not exist`);
      }
    }
    const outputs = new Map();
    for (const { name, node, target, params } of modulesOf(file)) {
      const module = byPath.get(join(dirname(file.path), target ?? '').replaceAll('\\', '/'));
      if (!module) {
        yield problemAt(file.path, node, `module ${target} does not exist`);
        continue;
      }
      outputs.set(name, new Set(declarationsOf(module, 'output_declaration').map((output) => output.name)));
      const wanted = declarationsOf(module, 'parameter_declaration');
      const given = (params?.namedChildren ?? []).filter(({ type }) => type === 'object_property');
      for (const property of given) {
        if (!wanted.some((parameter) => parameter.name === propertyName(property))) {
          yield problemAt(file.path, property, `${target} has no parameter ${propertyName(property)}`);
        }
      }
      for (const parameter of wanted.filter(({ hasDefault }) => !hasDefault)) {
        if (!given.some((property) => propertyName(property) === parameter.name)) {
          yield problemAt(file.path, node, `module ${name} lacks the parameter ${parameter.name}`);
        }
      }
    }
    for (const node of nodesOf(file, 'member_expression')) {
      const [, module, output] = /^(\w+)\.outputs\.(\w+)$/.exec(node.text) ?? [];
      if (outputs.has(module) && !outputs.get(module).has(output)) {
        yield problemAt(file.path, node, `module ${module} has no output ${output}`);
      }
    }
  }
}

/** Values in main.bicepparam must be parameters of the file it names. */
export function* findUnknownParameters(parameterFiles, files) {
  for (const file of parameterFiles) {
    const used = plainText(nodesOf(file, 'using_statement')[0]?.namedChildren[0]);
    const target = files.find(
      ({ path }) => path === join(dirname(file.path), used ?? '').replaceAll('\\', '/'),
    );
    if (!target) {
      yield problemAt(file.path, file.root, `using '${used ?? ''}' does not name a Bicep file`);
      continue;
    }
    const known = declarationsOf(target, 'parameter_declaration').map(({ name }) => name);
    for (const { name, node } of declarationsOf(file, 'variable_declaration')) {
      if (!known.includes(name)) yield problemAt(file.path, node, `${target.path} has no parameter ${name}`);
    }
  }
}

/**
 * What ends in a vault, or in a @secure parameter of a module, must be a @secure parameter itself: otherwise its value
 * is kept in the history of deployments.
 */
export function* findOpenSecrets(files) {
  const parametersOf = (file) => declarationsOf(file, 'parameter_declaration');
  const isSecure = ({ decorators }) => decorators.includes('secure');
  const byPath = new Map(files.map((file) => [file.path, file]));
  for (const file of files) {
    const open = new Map(
      parametersOf(file)
        .filter((parameter) => !isSecure(parameter))
        .map((parameter) => [parameter.name, parameter]),
    );
    const sinks = declarationsOf(file, 'resource_declaration')
      .filter((resource) => resourceType(resource) === 'Microsoft.KeyVault/vaults/secrets')
      .map(({ node }) =>
        propertyValue(propertyValue(node.descendantsOfType('object')[0], 'properties'), 'value'),
      );
    for (const { target, params } of modulesOf(file)) {
      const module = byPath.get(join(dirname(file.path), target ?? '').replaceAll('\\', '/'));
      if (!module) continue;
      for (const { name } of parametersOf(module).filter(isSecure)) sinks.push(propertyValue(params, name));
    }
    const names = sinks.flatMap((sink) => [sink, ...(sink?.descendantsOfType('identifier') ?? [])]);
    // The address of the app is part of a URL that is secret only for the key in it.
    for (const name of new Set(names.map((node) => node?.text))) {
      if (name !== 'functionAppHost' && open.has(name))
        yield problemAt(file.path, open.get(name).node, `${name} becomes a secret and is not @secure()`);
    }
  }
}
