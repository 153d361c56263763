import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { UserError, ensureError } from '../shared/kernel/errors';
import type { Io } from './io';
import { visibleLine } from './visible-text';

/** 0: done; 1: the check or the operation failed; 2: wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Adds arguments, options and the action of one command. The action reports by `exit`, never by process.exit. */
export type DefineCommand = (command: Command, context: CommandContext) => void;
export type CommandContext = { readonly io: Io; readonly exit: (code: ExitCode) => void };

/**
 * One line a command. `rule match` is `define` of commands/rule/match.ts, `doctor` of commands/doctor.ts. The file is
 * loaded only when its command is called, so that the start stays quick.
 */
const commands: readonly (readonly [words: string, summary: string])[] = [
  ['rule match', 'evaluate membership rules over users'],
  ['rule explain', 'which clauses of a rule are true for a user, and why'],
  ['policy check', 'validate a policy file'],
  ['policy test', 'run the test cases a policy carries'],
  ['policy format', 'write SKUs of a policy under their part numbers'],
  ['policy schema', 'print the JSON Schema of policy files'],
  ['policy import', 'draft a policy from the licenses that a tenant has'],
  ['policy activate', 'make a policy the active one: plan, guards, rollout'],
  ['policy list', 'the stored policies, and which one is in force'],
  ['policy show', 'print a stored policy'],
  ['rollout start', 'change many users on purpose: planned, paced, with a way back'],
  ['rollout list', 'rollouts with their progress'],
  ['rollout show', 'one rollout: who changed, who did not, and why'],
  ['rollout approve', 'let a rollout run that awaits approval'],
  ['rollout pause', 'write nothing more of a rollout for now'],
  ['rollout resume', 'go on with a paused rollout'],
  ['rollout cancel', 'write nothing more of a rollout'],
  ['sku list', 'the SKUs of the tenant with their seats'],
  ['sku plans', 'the service plans of a SKU with their status'],
  ['sku conflicts', 'plans that Graph refused together, and what to forget of it'],
  ['user show', 'what a user holds plan by plan, the outcome and why'],
  ['user search', 'find users by the beginning of a name or an address'],
  ['user history', 'what was seen, decided and written for a user'],
  ['user forget', 'delete everything that is stored of a user who has left the directory'],
  ['plan', 'what a policy would change, and for whom; nothing is written'],
  ['explain', 'why a user has or lacks each SKU and plan, rule by rule'],
  ['rehearse', 'run the product for some days on a copy of a tenant: who is licensed, waits, what it costs'],
  ['report', 'seats, costs, and what is wrong or wasted in the licensing of a tenant'],
  ['tenant export', 'copy a tenant into a file, with or without pseudonyms, to rehearse on it'],
  ['apply', 'queue users for deciding: each is read again, and the policy decides'],
  ['queue status', 'depth, age and dead letters of the queues, and what is paused'],
  ['queue peek', 'the oldest messages of a queue, in words; nothing is taken'],
  ['queue watch', 'queues, outcomes and writes, live'],
  ['queue pause', 'stop deciding, writing, a lane or a SKU'],
  ['queue resume', 'let what was paused go on'],
  ['queue purge', 'delete dead letters, after another person has approved it'],
  ['approval list', 'what waits for a second person'],
  ['approval approve', 'approve what another person asked for'],
  ['approval reject', 'reject what another person asked for'],
  ['operation list', 'long work that was asked for'],
  ['operation show', 'how far long work is, and how it ended'],
  ['seats forecast', 'until when the seats of each SKU last'],
  ['waiting list', 'who waits for which seat, since when, and until when'],
  ['failure list', 'what was given up on, dead letters, and who waits for seats'],
  ['failure show', 'the story of one failure, and what deciding would do now'],
  ['failure replay', 'look again at the users of failures, and decide anew'],
  ['failure dismiss', 'take failures off the list for a day, with a reason'],
  ['failure restore', 'put dismissed failures on the list again'],
  ['undo', 'take a user back to what was held at a time, until released'],
  ['exception set', 'never touch a user, whatever the policy says'],
  ['exception grant', 'give a user an extra license until a date'],
  ['exception list', 'the exceptions that were made for users'],
  ['exception release', 'end the exceptions of a user'],
  ['audit list', 'who did what by hand, when and why'],
  ['subscription rotate', 'give the client state of Graph’s notifications another value'],
  ['census start', 'compare all users with what is known of them, now'],
  ['census status', 'the last census, who was left over, and what people changed by hand'],
  ['times', 'how long users waited for their license, by hour'],
  ['graph-error', 'what an error answer of Graph means, and how the product takes it'],
  ['status', 'whether users are being licensed, and what stands against it'],
  ['backup', 'write the tables into a folder: what was granted, and everything that is known'],
  ['restore', 'bring a backup back into empty tables; nothing is written to users until you say so'],
  ['repair', 'stored rows that cannot be read: what they are, and putting them aside'],
  ['doctor', 'check that everything is in place, and say what to do'],
  ['local status', 'what runs in the embedded cloud, and where'],
  ['local sync', 'bring a directory sync of new users into the embedded Graph'],
  ['local user create', 'create one user in the embedded Graph'],
  ['local token', 'print an access token of one of the people of the embedded cloud'],
  ['completion', 'print a completion script for a shell'],
];

/** Every command, by its words. */
export const commandWords: readonly string[] = commands.map(([words]) => words);

const nouns: Readonly<Record<string, string>> = {
  census: 'all users, compared with what is known of them',
  rule: 'membership rules',
  policy: 'policy files',
  rollout: 'planned changes of many users',
  sku: 'what the tenant has subscribed to',
  user: 'users and their licenses',
  queue: 'the Service Bus queues',
  exception: 'exceptions that people made for users',
  tenant: 'a tenant as a whole',
  audit: 'what people did by hand',
  approval: 'what takes a second person',
  operation: 'long work that was asked for',
  subscription: 'Graph’s promise to call the app',
  seats: 'bought and taken seats over time',
  waiting: 'users without a seat',
  failure: 'work that was given up on',
  local: 'the embedded cloud that `npm start` runs',
  'local user': 'users of the embedded Graph',
};

/** Nouns that people also write in the plural: `licenser users search`. */
const plurals: Readonly<Record<string, string>> = { user: 'users' };

const load = createRequire(__filename);

function loadDefinition(words: readonly string[]): DefineCommand {
  const { define } = load(`./commands/${words.join('/')}`) as { readonly define: DefineCommand };
  return define;
}

/** Runs the command line and gives its exit code; never throws. What others wrote into a message is one line. */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = buildProgram(args, {
    io,
    exit: (given) => {
      code = given;
    },
  });
  try {
    await program.parseAsync(ruleLast(args), { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2;
    if (thrown instanceof UserError) {
      const hint = thrown.hint === undefined ? '' : `\n  ${visibleLine(thrown.hint)}`;
      io.complain(`error: ${visibleLine(thrown.message)}${hint}\n`);
      return 2;
    }
    io.complain(`error: ${visibleLine(ensureError(thrown).message)}\n`);
    return 1;
  }
}

/** A rule may begin with -not, which looks like an option: it is moved behind `--`. */
function ruleLast(args: readonly string[]): string[] {
  const isRule = (arg: string) => /^-not[\s(]/i.test(arg);
  if (args.includes('--') || !args.some(isRule)) return [...args];
  return [...args.filter((arg) => !isRule(arg)), '--', ...args.filter(isRule)];
}

function buildProgram(args: readonly string[], context: CommandContext): Command {
  const called = args.filter((arg) => !arg.startsWith('-') && arg !== 'help');
  return buildTree(context, (words) =>
    words.every((word, index) => called[index] === word || called[index] === plurals[word]),
  );
}

/** The commands with the arguments and options of those that are `wanted`. */
export function buildTree(
  context: CommandContext,
  wanted: (words: readonly string[]) => boolean = () => true,
): Command {
  const program = new Command('licenser')
    .description('Licenses Microsoft Entra ID users by policy.')
    .exitOverride()
    .configureOutput({ writeOut: context.io.print, writeErr: context.io.complain });
  const groups = new Map<string, Command>();
  for (const [line, summary] of commands) {
    const words = line.split(' ');
    const command = groupOf(program, groups, words.slice(0, -1))
      .command(words.at(-1) ?? line)
      .description(summary);
    if (wanted(words)) loadDefinition(words)(command, context);
  }
  return program;
}

/** The command that the last of these words belongs to, made with those above it when it is new. */
function groupOf(program: Command, groups: Map<string, Command>, words: readonly string[]): Command {
  const noun = words.at(-1);
  if (noun === undefined) return program;
  const name = words.join(' ');
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group = groupOf(program, groups, words.slice(0, -1))
    .command(noun)
    .description(nouns[name] ?? name);
  const plural = plurals[name];
  if (plural !== undefined) group.alias(plural);
  groups.set(name, group);
  return group;
}
