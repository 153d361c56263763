import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { parseDotnetRegex } from '../../../../shared/policy/regex/dotnet-regex';

/** The regex; fails the test when .NET would refuse it. */
function regexOf(pattern: string) {
  const regex = parseDotnetRegex(pattern);
  if ('error' in regex) throw new Error(`${pattern}: ${regex.error.message}`);
  return regex;
}

// https://learn.microsoft.com/dotnet/standard/base-types/regular-expression-language-quick-reference
describe('patterns as .NET runs them, letter case ignored', () => {
  it.each([
    ['^Da.*', 'Da', true],
    ['^Da.*', 'David', true],
    ['^Da.*', 'aDa', false],
    ['.*vid', 'David', true],
    ['.*vid', 'Da', false],
    ['ago', 'Lagos', true],
    ['^ago$', 'Lagos', false],
    ['Sales|Marketing', 'Head of MARKETING', true],
    ['^(sales|legal)$', 'Legal', true],
    ['^(sales|legal)$', 'Legal team', false],
    ['^$', '', true],
    ['a{2,3}', 'aa', true],
    ['^a{2}$', 'aaa', false],
    ['a{,3}', 'a{,3}', true],
    ['x{', 'x{', true],
    ['^\\w+\\.\\w+@contoso\\.com$', 'ana.keller@contoso.com', true],
    ['^\\w+$', 'Zürich', true],
    ['^\\d+$', '٣', true],
    ['^[\\d-]+$', '12-3', true],
    ['^[^\\d]+$', 'ab', true],
    ['^[]a]+$', ']a', true],
    ['^[^]a]+$', ']', false],
    ['[a-z-[aeiou]]', 'aei', false],
    ['[a-z-[aeiou]]', 'aeix', true],
    ['^\\p{Lu}', 'Ä', true],
    ['\\p{IsCyrillic}', 'Ж', true],
    ['\\bsales\\b', 'Head of Sales', true],
    ['\\bsales\\b', 'Presales', false],
    ['\\bél', 'Éléa', true],
    ['a\\b', 'aé', false],
    ['(?>a+)b', 'aaab', true],
    ['(?>a|ab)c', 'abc', false],
    ['(?:a|ab)c', 'abc', true],
    ['(?i)x(?-i)Y', 'XY', true],
    ['(?i)x(?-i)Y', 'Xy', false],
    ['(?-i:A)b', 'AB', true],
    ['(?-i:A)b', 'ab', false],
    ['(?x) a b # note', 'ab', true],
    ['a(?#note)b', 'ab', true],
    ['(a)(b)\\2\\1', 'abba', true],
    ['(?<x>a)(b)\\1\\2', 'abba', true],
    ["(?'x'a)\\k'x'", 'aA', true],
    ['foo(?=bar)', 'foobar', true],
    ['foo(?!bar)', 'foobar', false],
    ['(?<=foo)bar', 'foobar', true],
    ['(?<!foo)bar', 'foobar', false],
    ['^.$', '\n', false],
    ['(?s)^.$', '\n', true],
    ['a$', 'a\n', true],
    ['a\\z', 'a\n', false],
    ['a\\z', 'a', true],
    ['(?=a)a\\z', 'a', true],
    ['a\\z', 'ab', false],
    ['(?m)^b$', 'a\nb\nc', true],
    ['\\u0041\\x42\\103', 'ABC', true],
    ['[\\b]', '\b', true],
    ['\\cA', '\u0001', true],
    ['^(a*)*$', 'aaaa', true],
    ['^(?:a?){3}$', 'aa', true],
    ['^*a', 'a', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(regexOf(pattern).test(text)).toBe(expected);
  });
});

describe('patterns that .NET refuses', () => {
  it.each([
    ['*@domain.ext', 0],
    ['+a', 0],
    ['a|*', 2],
    ['a**', 2],
    ['a++', 2],
    ['a{2}{3}', 4],
    ['{2}', 0],
    ['a{3,2}', 0],
    ['(a', 0],
    ['a)', 1],
    ['[a', 0],
    ['[]', 0],
    ['[z-a]', 1],
    ['[a-\\d]', 1],
    ['a\\', 1],
    ['\\y', 0],
    ['\\_', 0],
    ['\\x4', 0],
    ['\\u12', 0],
    ['\\p{Foo}', 0],
    ['\\pL', 0],
    ['\\1', 0],
    ['(a)\\2', 3],
    ['\\k<x>', 0],
    ['(?P<x>a)', 0],
    ['(?<>a)', 0],
    ['(?#a', 0],
    ['(?(1)a|b|c)', 0],
  ])('%s at %i', (pattern, at) => {
    expect(parseDotnetRegex(pattern)).toMatchObject({ error: { at } });
  });

  it('never throws anything, whatever the pattern', () => {
    const pieces = [
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '?',
      '*',
      '+',
      '|',
      '\\',
      '^',
      '$',
      '-',
      '<',
      'a',
      '1',
      'p',
      'k',
      ':',
      '#',
      ',',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 24 }), (parts) => {
        const regex = parseDotnetRegex(parts.join(''));
        if (!('error' in regex)) regex.test('a1 kp-a1');
      }),
      { seed: 11, numRuns: 5000, endOnFailure: true },
    );
  });
});

describe('what cannot be run here', () => {
  it.each(['(?(1)a|b)', '(?(?=a)b|c)', '(?<a>x)(?<-a>y)', '\\p{IsRunic}'])(
    '%s stays undecided',
    (pattern) => {
      expect(regexOf(pattern)).toMatchObject({ canRun: false });
      expect(regexOf(pattern).test('x')).toBe('undecided');
    },
  );
});

describe('the guard', () => {
  const evil = `${'a'.repeat(60)}!`;

  it.each([
    ['(a+)+$', false],
    ['^(a|aa)+$', false],
    ['(.*a){20}b', false],
    // Look-around and backreferences leave linear time: these are given up on.
    ['^(?=(a+)+$)', 'undecided'],
    ['^(a+)+\\1$', 'undecided'],
  ] as const)('%s is answered at once', (pattern, expected) => {
    const started = process.cpuUsage();

    expect(regexOf(pattern).test(evil)).toBe(expected);
    // An exponential search would take years.
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  });

  it('holds for nests of counted groups', () => {
    const started = process.cpuUsage();

    regexOf('((((a{50}){50}){50}){50})b').test(evil);
    regexOf('(?=((((a{0,50}){0,50}){0,50}){0,50})b)').test(evil);
    expect(process.cpuUsage(started).user).toBeLessThan(10_000_000);
  });

  it('leaves room for what people write, on long values', () => {
    const value = 'OU=Sales,'.repeat(60);

    expect(regexOf('^((?!svc).)*$').test(value)).toBe(true);
    expect(regexOf('^((?!svc).)*$').test(`${value}svc`)).toBe(false);
    expect(regexOf('^(?=.*OU=)(?!.*DC=).*\\bSales\\b').test(value)).toBe(true);
  });

  it('counts the places that a look-behind tries', () => {
    // The inner part takes no steps of its own where there is no x.
    expect(regexOf('(?<=x{3})z').test('xxxz')).toBe(true);
    expect(regexOf('(?<=x{3})z').test(`${'a'.repeat(1_000)}z`)).toBe('undecided');
  });

  it('holds for long values and long patterns', () => {
    expect(regexOf('(?=x)(ab?)*c').test('ab'.repeat(20_000))).toBe(false);
    expect(regexOf(`${'(a|b)'.repeat(500)}(?=c)`).test('ab'.repeat(5000))).not.toBe(true);
  });
});

describe('agreement with another engine', () => {
  // Patterns that mean the same in .NET and in JavaScript with the flag i, on ASCII without line breaks.
  const atom = fc.constantFrom(
    'a',
    'b',
    'C',
    '.',
    '[ab]',
    '[^a]',
    '[a-c]',
    '\\d',
    '\\w',
    '\\s',
    '\\b',
    '^',
    '$',
    ' ',
    '-',
  );
  const pattern = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      atom,
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
      fc
        .tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}', '*?', '+?'))
        .map(([a, quantifier]) => `(?:${a})${quantifier}`),
      fc
        .tuple(tie('node'), fc.constantFrom('(?=', '(?!', '(?<=', '(?<!', '('))
        .map(([a, open]) => `${open}${a})`),
    ),
  })).node;
  const text = fc.string({ unit: fc.constantFrom('a', 'B', 'c', '1', ' ', '-'), maxLength: 12 });

  it('is complete on generated patterns', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const expected = new RegExp(source, 'i');
        const regex = regexOf(source);
        for (const each of texts) {
          const answer = regex.test(each);
          if (answer !== 'undecided')
            expect([source, each, answer]).toEqual([source, each, expected.test(each)]);
        }
      }),
      { seed: 7, numRuns: 2000, endOnFailure: true },
    );
  });
});
