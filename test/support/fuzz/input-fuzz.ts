import { performance } from 'node:perf_hooks';
import { parseCsv } from '../../../cli/read/read-csv';
import { visibleLine } from '../../../cli/visible-text';
import { UserError } from '../../../shared/kernel/errors';
import { seededRandom } from '../../../shared/kernel/random';
import { Secret } from '../../../shared/kernel/secret';
import { receiveNotification } from '../../../shared/pipeline/intake/receive-notification';
import type { Services } from '../../../shared/pipeline/services';
import { checkPolicy } from '../../../shared/policy/check-policy';
import { readMembershipRule } from '../../../shared/policy/rule/membership-rule';
import { readHint, readMessage } from '../../../shared/queue/messages';
import { silentLogger } from '../../../shared/kernel/logger';
import { makeMemoryCursors } from '../memory/memory-cursors';

const id = '8a256a2b-b617-496d-b51b-e76466e88db0';
const tenantId = 'aaaaaaaa-0000-4000-8000-000000000001';

/** Well-formed inputs to begin from. */
const seeds = {
  notification: JSON.stringify({
    value: [
      {
        subscriptionId: 's',
        clientState: 'the-secret',
        changeType: 'updated',
        tenantId,
        resource: `Users/${id}`,
        resourceData: { id },
      },
    ],
  }),
  message: JSON.stringify({
    v: 1,
    hint: { kind: 'look', user: { id }, source: 'retry', seenAt: '2026-01-01T00:00:00Z', retryToken: '3.x' },
    trace: {},
  }),
  policy:
    'version: 1\nscope: { when: \'user.userType -eq "Member"\' }\nexclusive: [[SPE_E5, SPE_E3]]\nrules:\n  - name: a\n    when: \'user.department -match "^S(al|up).{0,9}"\'\n    assign: [{ sku: EMS, disable: [INTUNE_A], fallback: [SPE_E3], priority: 5 }]\nremoval: { mode: remove, grace: 30d }\nguards: { maxReductions: { count: 5 } }\n',
  rule: '(user.department -in ["Sales", "Support"]) -and not (user.proxyAddresses -any (_ -match "smtp:.+@x{1,9}")) -or user.employeeHireDate -le system.now -plus p1d',
  csv: `#TYPE X\nsep=;\nid;"na;me"\n${id};"a ""b"" c"\n`,
} as const;
export type FuzzKind = keyof typeof seeds;
export const fuzzKinds = Object.keys(seeds) as readonly FuzzKind[];

const pieces = [
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ':',
  ',',
  ';',
  '\n',
  '\r',
  '\t',
  '\u0000',
  '\ud800',
  '\u202e',
  '\u001b[2J',
  '\ufffd',
  'null',
  'true',
  '1e309',
  '-1',
  '9'.repeat(400),
  '__proto__',
  'constructor',
  '&a [*a, *a]',
  '<<: *a',
  '!!js/function x',
  '%',
  '- ',
  '{0,1000}',
  '(a+)+',
  '\\p{L}',
  '(?=x)',
  '-and',
  '-or',
  '-not',
  '-eq',
  'user.',
  '_ ',
  '-any',
  '-all',
  'system.now',
  'x'.repeat(3_000),
];

/** An input near a well-formed one: cut, doubled, exchanged, with odd pieces put in; sometimes nothing but noise. */
function mutate(text: string, random: () => number): string {
  const pick = (below: number) => Math.floor(random() * below);
  let next = text;
  for (let changes = 1 + pick(6); changes > 0; changes--) {
    const at = pick(next.length + 1);
    const length = pick(Math.min(40, next.length) + 1);
    const kind = pick(6);
    if (kind === 0) next = next.slice(0, at) + next.slice(at + length);
    else if (kind === 1) next = next.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + next.slice(at);
    else if (kind === 2)
      next = next.slice(0, at) + next.slice(at, at + length).repeat(1 + pick(30)) + next.slice(at + length);
    else if (kind === 3) next = next.slice(0, at) + String.fromCharCode(pick(0x1_0000)) + next.slice(at + 1);
    else if (kind === 4) next = next.slice(at) + next.slice(0, at);
    else
      next =
        next.slice(0, at) +
        (pieces[pick(pieces.length)] ?? '').repeat(1 + pick(60)) +
        next.slice(at + length);
    if (next.length > 60_000) next = next.slice(0, 60_000);
  }
  return next;
}

/** Goes on by two seconds at each look: a client state that is unknown then is a foreign one, and no new one. */
let now = 0;
const services = {
  clock: { now: () => (now += 2_000), sleep: async () => undefined },
  queues: { sendHints: async () => undefined },
  cursors: makeMemoryCursors(() => 0),
  bulkPacer: { isCrowd: () => false, spread: () => [] },
  quota: { ratePerSecond: () => 16 },
  settings: { tenantId, clientState: new Secret('the-secret') },
} as unknown as Services;
const user = { department: 'Sales', proxyAddresses: ['smtp:a@x', 'SMTP:b@xx'], memberOf: [] };

async function give(kind: FuzzKind, input: string): Promise<void> {
  if (kind === 'notification') {
    const { status } = await receiveNotification(
      services,
      { logger: silentLogger },
      { validationToken: null, body: input },
      async () => undefined,
    );
    if (![202, 400].includes(status)) throw new Error(`Answered ${String(status)}`);
  } else if (kind === 'message') {
    let body: unknown = input;
    try {
      body = JSON.parse(input);
    } catch {
      // The host hands over what is no JSON as text.
    }
    readHint(body);
    readMessage('license-changes', body);
  } else if (kind === 'policy') checkPolicy(input);
  else if (kind === 'rule') {
    const read = readMembershipRule(input);
    if (read.valid) read.rule.evaluate(user, { now: 0, absent: 'undecided' });
  } else {
    try {
      for (const { fields } of parseCsv(input, 'f.csv')) fields.map(visibleLine);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
}

/** An answer that took long on a busy machine is asked for again: what an input costs is its quickest answer. */
async function quickest(kind: FuzzKind, input: string, firstMs: number): Promise<number> {
  let ms = firstMs;
  for (let again = 0; again < 5 && ms > suspectMs; again++) {
    const began = performance.now();
    await give(kind, input).catch(() => undefined);
    ms = Math.min(ms, performance.now() - began);
  }
  return ms;
}
const suspectMs = 500;

export type FuzzVerdict = {
  readonly runs: number;
  readonly crashes: readonly string[];
  readonly slowestMs: number;
  readonly slowest: string;
};

/**
 * Gives `runs` inputs of this kind; each crash is named with the input that led to it. A text of thousands of mistakes makes
 * thousands of errors: their stacks, which are not looked at here, would cost a fifth of the time.
 */
export async function fuzzInputs(kind: FuzzKind, runs: number, seed: number): Promise<FuzzVerdict> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await giveMany(kind, runs, seed);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function giveMany(kind: FuzzKind, runs: number, seed: number): Promise<FuzzVerdict> {
  const random = seededRandom(seed);
  const crashes: string[] = [];
  let slowestMs = 0;
  let slowest = '';
  for (let run = 0; run < runs; run++) {
    const input = mutate(seeds[kind], random);
    const began = performance.now();
    try {
      await give(kind, input);
    } catch (error) {
      if (crashes.length < 10) crashes.push(`${String(error)}: ${JSON.stringify(input).slice(0, 2_000)}`);
    }
    const ms = await quickest(kind, input, performance.now() - began);
    if (ms > slowestMs) [slowestMs, slowest] = [ms, input];
  }
  return { runs, crashes, slowestMs, slowest: JSON.stringify(slowest).slice(0, 2_000) };
}
