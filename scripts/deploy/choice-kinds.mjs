// How a choice is written on the command line, in the environment that infra/main.bicepparam reads, and in Azure's answers.

/** `write`: for the environment. `read`: what `write` made. `option`: of node:util's parseArgs. */
export const text = { option: { type: 'string' }, write: String, read: String };
export const yesNo = { option: { type: 'boolean' }, write: String, read: (value) => value === 'true' };
/** Repeated on the command line; the single value `none` empties it. */
export const list = {
  option: { type: 'string', multiple: true },
  write: JSON.stringify,
  read: JSON.parse,
  fromOption: (values) => (values.length === 1 && values[0] === 'none' ? [] : values),
};
/** NAME=VALUE, repeated; it adds to what was there before, and NAME= takes one away. */
export const pairs = {
  option: { type: 'string', multiple: true },
  write: JSON.stringify,
  read: JSON.parse,
  fromOption: (values) => Object.fromEntries(values.map(splitPair)),
  addTo: (before, asked) =>
    Object.fromEntries(Object.entries({ ...before, ...asked }).filter(([, value]) => value !== '')),
};

function splitPair(pair) {
  const at = pair.indexOf('=');
  return at === -1 ? [pair, undefined] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** @returns {(value: unknown) => string | null} what is wrong; null: nothing */
export const oneOf =
  (...allowed) =>
  (value) =>
    allowed.includes(String(value)) ? null : `must be ${allowed.join(', ')}`;

/** A whole number. */
export const between = (lowest, highest) => (value) =>
  /^-?\d{1,9}$/.test(String(value)) && Number(value) >= lowest && Number(value) <= highest
    ? null
    : `must be a whole number from ${lowest} to ${highest}`;

export const like = (pattern, words) => (value) => (pattern.test(String(value)) ? null : `must be ${words}`);

export const everyOne = (check) => (values) =>
  Array.isArray(values)
    ? (values.map(check).find((problem) => problem !== null) ?? null)
    : 'must be a list in JSON';

export const everyPair = (names) => (values) => {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    return 'must be an object in JSON';
  const wrong = Object.entries(values).find(
    ([name, value]) => !names.test(name) || typeof value !== 'string',
  );
  return wrong === undefined ? null : `${wrong[0]}: write NAME=VALUE`;
};
