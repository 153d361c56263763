import { createRequire } from 'node:module';
import { parse } from '@marcbachmann/cel-js';
import { Engine } from 'json-rules-engine';
import type { TopLevelCondition } from 'json-rules-engine';
import { readMembershipRule } from '../../shared/policy/rule/membership-rule';

/** A user whose properties every engine can look at: flat, nothing empty. */
export type BenchUser = Readonly<Record<string, string | boolean>>;

/** A condition that every engine can express: equality, membership of a list, and, or, not. */
export type SharedRule =
  | { readonly op: 'eq' | 'ne'; readonly property: string; readonly value: string | boolean }
  | { readonly op: 'in' | 'notIn'; readonly property: string; readonly values: readonly string[] }
  | { readonly op: 'and' | 'or'; readonly rules: readonly SharedRule[] }
  | { readonly op: 'not'; readonly rule: SharedRule };

/** Evaluates all rules over all users and gives how many pairs matched. */
export type EngineRun = (users: readonly BenchUser[]) => number | Promise<number>;

const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

function toMembershipRule(rule: SharedRule): string {
  switch (rule.op) {
    case 'eq':
    case 'ne':
      return `user.${rule.property} -${rule.op} ${JSON.stringify(rule.value)}`;
    case 'in':
    case 'notIn':
      return `user.${rule.property} -${rule.op} ${list(rule.values)}`;
    case 'and':
    case 'or':
      return rule.rules.map((part) => `(${toMembershipRule(part)})`).join(` -${rule.op} `);
    case 'not':
      return `-not (${toMembershipRule(rule.rule)})`;
  }
}

/** The rules compiled by this product's own language. */
export function makeOurs(rules: readonly SharedRule[]): EngineRun {
  const compiled = rules.map((rule) => {
    const reading = readMembershipRule(toMembershipRule(rule));
    if (!reading.valid) throw reading.error;
    return reading.rule;
  });
  const context = { now: 0, absent: 'undecided' } as const;
  return countPairs(compiled.map((rule) => (user: BenchUser) => rule.evaluate(user, context) === true));
}

function toCel(rule: SharedRule): string {
  switch (rule.op) {
    case 'eq':
    case 'ne':
      return `user.${rule.property} ${rule.op === 'eq' ? '==' : '!='} ${JSON.stringify(rule.value)}`;
    case 'in':
      return `user.${rule.property} in ${list(rule.values)}`;
    case 'notIn':
      return `!(user.${rule.property} in ${list(rule.values)})`;
    case 'and':
    case 'or':
      return rule.rules.map((part) => `(${toCel(part)})`).join(rule.op === 'and' ? ' && ' : ' || ');
    case 'not':
      return `!(${toCel(rule.rule)})`;
  }
}

/** The same rules as CEL (Common Expression Language). */
export function makeCel(rules: readonly SharedRule[]): EngineRun {
  const compiled = rules.map((rule) => parse(toCel(rule)));
  return countPairs(compiled.map((evaluate) => (user: BenchUser) => evaluate({ user }) === true));
}

const jsonLogic = createRequire(__filename)('json-logic-js') as {
  readonly apply: (rule: unknown, data: unknown) => unknown;
};

function toJsonLogic(rule: SharedRule): unknown {
  switch (rule.op) {
    case 'eq':
    case 'ne':
      return { [rule.op === 'eq' ? '===' : '!==']: [{ var: rule.property }, rule.value] };
    case 'in':
      return { in: [{ var: rule.property }, rule.values] };
    case 'notIn':
      return { '!': { in: [{ var: rule.property }, rule.values] } };
    case 'and':
    case 'or':
      return { [rule.op]: rule.rules.map(toJsonLogic) };
    case 'not':
      return { '!': toJsonLogic(rule.rule) };
  }
}

/** The same rules as JsonLogic. */
export function makeJsonLogic(rules: readonly SharedRule[]): EngineRun {
  const translated = rules.map(toJsonLogic);
  return countPairs(translated.map((rule) => (user: BenchUser) => jsonLogic.apply(rule, user) === true));
}

type JsonCondition = TopLevelCondition | { fact: string; operator: string; value: unknown };

function toJsonRules(rule: SharedRule): JsonCondition {
  switch (rule.op) {
    case 'eq':
    case 'ne':
      return { fact: rule.property, operator: rule.op === 'eq' ? 'equal' : 'notEqual', value: rule.value };
    case 'in':
    case 'notIn':
      return { fact: rule.property, operator: rule.op, value: rule.values };
    case 'and':
      return { all: rule.rules.map(toJsonRules) };
    case 'or':
      return { any: rule.rules.map(toJsonRules) };
    case 'not':
      return { not: toJsonRules(rule.rule) };
  }
}

/** As its documentation has it: one engine with all rules, run once for each user's facts. */
export function makeJsonRulesEngine(rules: readonly SharedRule[]): EngineRun {
  const engine = new Engine();
  for (const [index, rule] of rules.entries()) {
    engine.addRule({ conditions: { all: [toJsonRules(rule)] }, event: { type: String(index) } });
  }
  return async (users) => {
    let matched = 0;
    for (const user of users) matched += (await engine.run({ ...user })).events.length;
    return matched;
  };
}

function countPairs(
  tests: readonly ((user: BenchUser) => boolean)[],
): (users: readonly BenchUser[]) => number {
  return (users) => {
    let matched = 0;
    for (const user of users) for (const test of tests) if (test(user)) matched++;
    return matched;
  };
}
