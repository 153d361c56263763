// Stands in for `az` or `azd`: refuses what Microsoft's reference does not know, notes the call, and answers as told.
//   stand-in.mjs NAME ARG…   with STAND_IN_FOLDER: calls.ndjson is written, answers.json is read
// answers.json: [{ match: regular expression over the arguments, stdout?, fail?: text for stderr, times?: number }]
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const [name, ...args] = process.argv.slice(2);
const folder = process.env.STAND_IN_FOLDER;
const { global: anywhere, commands } = JSON.parse(
  readFileSync(new URL('cli-reference.json', import.meta.url), 'utf8'),
)[name];

function refuse(text) {
  appendFileSync(join(folder, 'refused.txt'), `${name} ${args.join(' ')}: ${text}\n`);
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

const command = Object.keys(commands)
  .filter((known) => known.split(' ').every((word, at) => args[at] === word))
  .sort((a, b) => b.length - a.length)[0];
if (command === undefined) refuse('no such command in the reference');
const { required, optional } = commands[command];
const given = args.slice(command.split(' ').length).filter((arg) => /^--?[a-z]/i.test(arg));
const known = [...required, ...optional, ...anywhere].flat();
for (const option of given) if (!known.includes(option.split('=')[0])) refuse(`no option ${option}`);
for (const names of required)
  if (!names.some((option) => given.includes(option))) refuse(`${names[0]} is missing`);

const callsPath = join(folder, 'calls.ndjson');
const before = existsSync(callsPath)
  ? readFileSync(callsPath, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];
const set = Object.fromEntries(
  Object.entries(process.env).filter(([key]) => /^(LICENSER_|NOTIFICATION_KEY$)/.test(key)),
);
appendFileSync(callsPath, `${JSON.stringify({ name, args, env: set })}\n`);

const line = args.join(' ');
const answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'));
for (const { match, stdout = '', fail, times = Infinity } of answers) {
  if (!new RegExp(match).test(line)) continue;
  const seen = before.filter((call) => new RegExp(match).test(call.args.join(' '))).length;
  if (seen >= times) continue;
  process.stdout.write(stdout);
  if (fail === undefined) process.exit(0);
  process.stderr.write(`${fail}\n`);
  process.exit(1);
}
process.exit(0);
