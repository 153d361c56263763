import reference from './cli-reference.json';

export type Answer = {
  /** Regular expression over the arguments. */
  readonly match: string;
  readonly stdout?: string;
  /** What it writes to stderr; it then ends with 1. */
  readonly fail?: string;
  /** Only the first so many calls get this answer. */
  readonly times?: number;
};

export type Call = {
  readonly name: string;
  readonly args: readonly string[];
  /** LICENSER_* and NOTIFICATION_KEY of the call's environment. */
  readonly env: Readonly<Record<string, string>>;
};

type Command = { readonly required: readonly string[][]; readonly optional: readonly string[][] };
type Program = {
  readonly global: readonly string[][];
  readonly commands: Readonly<Record<string, Command>>;
};
const programs: Readonly<Record<string, Program>> = reference;

/** Why Microsoft's reference does not allow this call; null: it does. */
export function refusalOf({ name, args }: Call): string | null {
  const program = programs[name];
  const known = Object.keys(program?.commands ?? {})
    .filter((words) => words.split(' ').every((word, at) => args[at] === word))
    .sort((a, b) => b.length - a.length)[0];
  const command = known === undefined ? undefined : program?.commands[known];
  if (program === undefined || known === undefined || command === undefined) {
    return 'no such command in the reference';
  }
  const given = args.slice(known.split(' ').length).filter((arg) => /^--?[a-z]/i.test(arg));
  const options = [...command.required, ...command.optional, ...program.global].flat();
  const unknown = given.find((option) => !options.includes(option.split('=')[0] ?? ''));
  if (unknown !== undefined) return `no option ${unknown}`;
  const missing = command.required.find((names) => !names.some((option) => given.includes(option)));
  return missing === undefined ? null : `${String(missing[0])} is missing`;
}

/** What the program prints, and how it ends: the first answer that matches and is not used up; else nothing, and 0. */
export function answerCall(
  { args }: Call,
  before: readonly Call[],
  answers: readonly Answer[],
): { status: number; stdout: string; stderr: string } {
  const line = args.join(' ');
  const answer = answers.find(({ match, times = Infinity }) => {
    const pattern = new RegExp(match);
    return pattern.test(line) && before.filter((call) => pattern.test(call.args.join(' '))).length < times;
  });
  const { stdout = '', fail } = answer ?? {};
  return fail === undefined ? { status: 0, stdout, stderr: '' } : { status: 1, stdout, stderr: `${fail}\n` };
}
