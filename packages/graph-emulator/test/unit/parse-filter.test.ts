import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GraphFault } from '../../src/engine/graph-fault';
import { matchesFilter } from '../../src/odata/evaluate-filter';
import { parseFilter } from '../../src/odata/parse-filter';

const resource: Record<string, unknown> = {
  name: "O'Brien",
  size: 3,
  isOn: true,
  none: null,
  when: '2026-05-04T08:00:00Z',
  tags: ['a', 'b'],
  nested: { inner: 'x' },
  items: [
    { id: '8a256a2b-b617-496d-b51b-e76466e88db0', n: 1 },
    { id: 'other', n: 2 },
  ],
};
const matches = (text: string) => matchesFilter(parseFilter(text), (name) => resource[name]);

describe('parseFilter', () => {
  it.each([
    ["name eq 'o''brien'", true],
    ["name ne 'O''Brien'", false],
    ["startsWith(name,'o''b')", true],
    ["startswith(name, 'x') or endswith(name,'IEN')", true],
    ["not(name eq 'x') and size ge 3", true],
    ['not isOn eq true', false],
    ['none eq null', true],
    ['size in (1,2,3)', true],
    ["name in ('a','b')", false],
    ['when le 2026-05-04T10:00:00+02:00', true],
    ['when gt 2026-05-04', true],
    ["tags/any(t:t eq 'b')", true],
    ["tags/all(t:t eq 'b')", false],
    ['tags/any()', true],
    ['none/any()', false],
    ['tags/$count eq 2', true],
    ['items/any(i:i/id eq 8a256a2b-b617-496d-b51b-e76466e88db0 and i/n eq 1)', true],
    ['items/any(i:i/id eq 8a256a2b-b617-496d-b51b-e76466e88db0 and i/n eq 2)', false],
    ["nested/inner eq 'x'", true],
    ["isOn eq true and (size eq 1 or name eq 'O''Brien')", true],
    ["isOn eq false or size eq 3 and name eq 'x'", false],
  ])('%s is %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it.each([
    ['', 0],
    ['name', 4],
    ["name eq 'open", 8],
    ['name eq', 7],
    ['(size eq 1', 10],
    ['size eq 1)', 9],
    ['size is 1', 5],
    ['size eq one', 8],
    ['tags/any(t)', 10],
    ['name eq "x"', 8],
  ])('refuses %j and says where', (text, position) => {
    expect(() => parseFilter(text)).toThrow(`Syntax error at position ${position} in '${text}'`);
  });

  it('refuses functions that the directory does not know', () => {
    expect(() => parseFilter("contains(name,'x')")).toThrow(/Unsupported Query/);
    expect(() => parseFilter("concat(name,'x')")).toThrow(/unknown function/);
  });

  it('refuses nesting that could exhaust the stack', () => {
    expect(() => parseFilter(`${'('.repeat(5_000)}size eq 1${')'.repeat(5_000)}`)).toThrow(/too deep/);
    expect(() => parseFilter(`${'not '.repeat(5_000)}size eq 1`)).toThrow(/too deep/);
  });

  it('never fails with anything but a fault of the request', () => {
    const word = fc.constantFrom(
      'name',
      'eq',
      'and',
      'or',
      'not',
      'in',
      '(',
      ')',
      ',',
      '/',
      ':',
      "'x'",
      '1',
      'null',
      'any',
      '$count',
      '\u0000',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join(' ')),
        ),
        (text) => {
          try {
            matches(text);
          } catch (error) {
            expect(error).toBeInstanceOf(GraphFault);
          }
        },
      ),
      { seed: 7, numRuns: 2_000 },
    );
  });
});
