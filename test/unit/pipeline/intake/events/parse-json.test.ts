import { expect, it } from '@jest/globals';
import { parseJson } from '../../../../../shared/pipeline/intake/events/parse-json';

it.each([
  ['{"a":[1]}', { a: [1] }],
  ['null', null],
  ['', undefined],
  ['{', undefined],
  ['\u0000', undefined],
])('the text %j says %j as JSON', (text, said) => {
  expect(parseJson(text)).toStrictEqual(said);
});
