// What a Bicep file declares, read off its tree.
import { nodesOf, plainText, propertyValue } from './parse-bicep.mjs';

/** { name, node, decorators: [names], hasDefault } for the parameters, outputs, resources and modules of a file. */
export function declarationsOf(file, type) {
  return nodesOf(file, type).map((node) => ({
    name: node.namedChildren[0].text,
    node,
    decorators: decoratorsOf(node),
    hasDefault: node.namedChildren.length > 2,
  }));
}

function decoratorsOf(node) {
  let before = node.previousNamedSibling;
  while (before?.type === 'comment') before = before.previousNamedSibling;
  if (before?.type !== 'decorators') return [];
  return before
    .descendantsOfType('decorator')
    .map((decorator) => decorator.namedChildren[0]?.namedChildren[0]?.text);
}

/** { name, node, target, params } of the modules of a file; params is the object node or undefined. */
export function modulesOf(file) {
  return nodesOf(file, 'module_declaration').map((node) => {
    const [name, target] = node.namedChildren;
    const [body] = node.descendantsOfType('object');
    return { name: name.text, node, target: plainText(target), params: propertyValue(body, 'params') };
  });
}

/** The type of a resource, without its API version. */
export function resourceType(resource) {
  return (plainText(resource.node.namedChildren[1]) ?? '').split('@')[0];
}

/** Declared elsewhere, only referred to here. */
export const isExisting = (resource) => resource.node.children.some(({ type }) => type === 'existing');

/** Identifiers that stand for a value: not the names being declared, not object keys, not the names of functions. */
export function usedNames(file) {
  return nodesOf(file, 'identifier').filter((node) => {
    const { parent } = node;
    const isFirst = parent.namedChildren[0]?.id === node.id;
    if (parent.type === 'object_property') return !isFirst || parent.namedChildren.length === 1;
    if (parent.type === 'call_expression') return !isFirst;
    if (parent.type.endsWith('_declaration') || parent.type === 'for_statement') return !isFirst;
    return (
      !['lambda_expression', 'decorator', 'parameter', 'user_defined_function'].includes(parent.type) ||
      !isFirst
    );
  });
}

/** Everything a value may be called in this file: declarations, loop and lambda variables. */
export function knownNames(file) {
  const declared = nodesOf(
    file,
    'parameter_declaration',
    'variable_declaration',
    'resource_declaration',
    'module_declaration',
    'lambda_expression',
    'for_statement',
    'parameter',
    'type_declaration',
  ).map((node) => node.namedChildren[0]?.text);
  const loops = nodesOf(file, 'loop_variable', 'loop_enumerator').map(({ text }) => text);
  return new Set([...declared, ...loops, 'sys', 'az']);
}
