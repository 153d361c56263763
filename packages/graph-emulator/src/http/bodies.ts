import type { GraphFault } from '../engine/graph-fault';
import { directoryRefusal, malformedRequest } from '../engine/graph-fault';
import { isGuidText } from '../tenant/guid';
import type { LicenseChange } from '../engine/licensing/license-pool';
import type { AssignedLicense } from '../engine/records';

type Json = Readonly<Record<string, unknown>>;

/** Whether it is a JSON object (no array, not null). */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The body as an object.
 * @throws GraphFault 400
 */
export function readObject(body: unknown): Json {
  if (isObject(body)) return body;
  throw malformedRequest(
    body === undefined
      ? 'Empty Payload. JSON content expected.'
      : 'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

/**
 * The two collections of assignLicense. https://learn.microsoft.com/graph/api/user-assignlicense
 * @throws GraphFault 400
 */
export function readLicenseChange(body: unknown): LicenseChange {
  const parameters = readObject(body ?? {});
  const names = ['addLicenses', 'removeLicenses'];
  const missing = names.filter((name) => parameters[name] === undefined || parameters[name] === null);
  if (missing.length > 0) {
    throw directoryRefusal(
      `One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: ${missing.join(', ')}.`,
    );
  }
  const unknown = Object.keys(parameters).find((name) => !names.includes(name) && !name.startsWith('@'));
  if (unknown !== undefined) {
    throw directoryRefusal(
      `The parameter '${unknown}' in the request payload is not a valid parameter for the operation 'assignLicense'.`,
    );
  }
  return {
    addLicenses: readArray(parameters.addLicenses, 'addLicenses').map(readLicense),
    removeLicenses: readArray(parameters.removeLicenses, 'removeLicenses').map(readGuid),
  };
}

function readLicense(item: unknown): AssignedLicense {
  if (!isObject(item)) throw directoryRefusal('An element of addLicenses is not an assignedLicense.');
  const unknown = Object.keys(item).find(
    (name) => !['skuId', 'disabledPlans'].includes(name) && !name.startsWith('@'),
  );
  if (unknown !== undefined) {
    throw directoryRefusal(
      `The property '${unknown}' does not exist on type 'microsoft.graph.assignedLicense'. Make sure to only use property names that are defined by the type.`,
    );
  }
  const disabledPlans =
    item.disabledPlans === undefined ? [] : readArray(item.disabledPlans, 'disabledPlans');
  return { skuId: readGuid(item.skuId), disabledPlans: [...new Set(disabledPlans.map(readGuid))] };
}

function readArray(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw directoryRefusal(
    `When trying to read the value of '${name}', an unexpected node was found; a start of a collection was expected.`,
  );
}

function readGuid(value: unknown): string {
  if (isGuidText(value)) return value.toLowerCase();
  throw invalidGuid(value);
}

function invalidGuid(value: unknown): GraphFault {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return directoryRefusal(
    `Cannot convert the literal '${text.slice(0, 100)}' to the expected type 'Edm.Guid'.`,
  );
}

/**
 * A collection of strings in an action's body, at most `most` of them.
 * @throws GraphFault 400
 */
export function readIds(body: unknown, name: string, most: number): string[] {
  const value = readObject(body)[name];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw directoryRefusal(`Invalid value specified for parameter '${name}'.`);
  }
  if (value.length > most) {
    throw directoryRefusal(`Invalid number of values in parameter '${name}': at most ${most} are allowed.`);
  }
  return value.map((id) => id.toLowerCase());
}

/**
 * The id at the end of `{"@odata.id": ".../directoryObjects/{id}"}`.
 * @throws GraphFault 400
 */
export function readReference(body: unknown): string {
  const reference = readObject(body)['@odata.id'];
  const id = typeof reference === 'string' ? /\/([^/]+)$/.exec(reference)?.[1] : undefined;
  if (id === undefined || !isGuidText(id)) {
    throw directoryRefusal('The @odata.id of the reference is missing or not the address of an object.');
  }
  return id.toLowerCase();
}
