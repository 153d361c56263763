#!/usr/bin/env node
// Part of `npm run lint`: words that readers with English as a second language stumble over do not occur in
// comments, docs, messages and test names. What to write instead: docs/words.md.
//   check-words.mjs [--root=DIR] [PATH ...]   only files whose path begins with one of these, of the git work tree DIR;
//   exit code 1 and one line a finding
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const args = process.argv.slice(2);
const rootOption = args.find((arg) => arg.startsWith('--root='));
const root = rootOption?.slice('--root='.length) ?? join(dirname(fileURLToPath(import.meta.url)), '..');
const paths = args.filter((arg) => arg !== rootOption);

/** The expression, and what to write instead. */
const notOurs = [
  [/\bwho(?:m)?ever\b/i, 'name who it is: the caller, the operator, the first writer'],
  [/\bsomebody\b/i, 'name who it is: another process, an operator, a person'],
  [/\bnobody\b/i, 'no user, no process, no operator'],
  [/\b(?:un)?mend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\bof ours\b/i, 'our … (our write, our license)'],
  [/\b(?:for )?so long\b/i, 'a number with its unit, or the name of the duration'],
  [/\btold of\b/i, 'receives, is notified about'],
  [/\bheard of\b/i, 'was reported, is known'],
  [/\bspeaks? for\b/i, 'indicates, is evidence of'],
  [/\band to spare\b/i, 'a number'],
];

/** Lines that may keep such a word: PATH, then a part of the line. Each needs a reason. */
const exceptions = [
  // This list and its explanation.
  ['scripts/check-words.mjs', ''],
  ['docs/words.md', ''],
  // A policy's text as tables hold it: every character of its content counts in its hash.
  ['test/unit/policy/file/stored-policies/complete.yaml', 'name: nobody whose'],
];

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(
    (file) => /\.(?:ts|tsx|mjs|cjs|js|sh|ps1|md|bicep|ya?ml|css|html)$/.test(file) || file === '.ci/run',
  )
  .filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)));

let findings = 0;
for (const file of files) {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  for (const [index, line] of lines.entries()) {
    if (exceptions.some(([path, part]) => path === file && line.includes(part))) continue;
    for (const [expression, instead] of notOurs) {
      const found = expression.exec(line);
      if (!found) continue;
      findings++;
      process.stderr.write(`${file}:${index + 1}: "${found[0]}": ${instead}\n`);
    }
  }
}
process.exitCode = findings > 0 ? 1 : 0;
