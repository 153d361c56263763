import { describe, expect, it } from '@jest/globals';
import { graphErrorClasses, graphErrorFacts } from '../../../shared/graph/refusals/graph-error-classes';
import { runProgram } from '../../../cli/program';

async function run(files: Readonly<Record<string, string>>, ...args: string[]) {
  const out: string[] = [];
  const code = await runProgram(['graph-error', ...args], {
    print: (text) => void out.push(text),
    complain: (text) => void out.push(text),
    readText: async (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error('no'), { code: 'ENOENT' });
      return text;
    },
    now: () => 0,
  });
  return { code, out: out.join('') };
}
const error = (code: string, message: string) => JSON.stringify({ error: { code, message } });
const json = async (...given: Parameters<typeof run>) => {
  const [files, ...args] = given;
  return JSON.parse((await run(files, ...args, '--json')).out) as Record<string, unknown>;
};

describe('licenser graph-error', () => {
  it('says what a refusal means, with Graph’s own words', async () => {
    const text =
      'Subscription with SKU efccb6f7-5641-4e0e-bd10-b4976e1bf68e does not have any available licenses.';

    expect(await json({ 'a.json': error('Request_BadRequest', text) }, 'a.json')).toEqual({
      class: 'seats',
      code: 'Request_BadRequest',
      text,
      meaning: 'The SKU has no free seat.',
      whatHappens: graphErrorFacts.seats.whatHappens,
      todo: graphErrorFacts.seats.todo,
      retried: true,
    });
  });

  it('reads standard input, the status and the Retry-After', async () => {
    const answer = await json({ '-': '' }, '--status', '429', '--retry-after', '30', '-');

    expect(answer).toMatchObject({ class: 'throttled', code: '', text: '' });
    expect(answer['whatHappens']).toContain('30 s');
  });

  it('takes the status of a part of a batch', async () => {
    const part = {
      id: '1',
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied', message: 'No.' } },
    };

    expect(await json({ '-': JSON.stringify(part) }, '-')).toMatchObject({
      class: 'permission',
      text: 'No.',
    });
  });

  it('prints the same for people', async () => {
    const { code, out } = await run({ f: error('x', 'Words of an unknown kind.') }, 'f');

    expect(code).toBe(0);
    expect(out).toContain('unknown, tried again by itself');
    expect(out).toContain('x: Words of an unknown kind.');
  });

  it.each([['--status', '99', 'f'], ['--status', 'many', 'f'], ['missing'], []])(
    'refuses wrong usage: %j',
    async (...args) => {
      expect((await run({ f: '' }, ...args)).code).toBe(2);
    },
  );
});

describe('the table of classes', () => {
  it.each(graphErrorClasses)('tells people what %s means, what happens and what to do', (name) => {
    const { meaning, whatHappens, todo } = graphErrorFacts[name];

    for (const sentence of [meaning, whatHappens, todo]) expect(sentence).toMatch(/^\S.{10,}[.`]$/);
  });
});
