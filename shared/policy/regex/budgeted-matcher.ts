import { setHolds, shorthandSet } from './character-classes';
import { singleCharacter } from './regex-syntax';
import type { Assertion, CharacterSet, RegexNode } from './regex-syntax';

/** Steps that one test may take, beside a few for each character; a step is well under a microsecond. */
const maximumSteps = 50_000;
const stepsPerCharacter = 10;
/** Matchers inside each other, so that the call stack suffices. */
const maximumDepth = 2_500;

type Run = {
  readonly text: string;
  readonly captures: Map<string, readonly [number, number]>;
  steps: number;
  depth: number;
};

/** Tries to match from `at`; calls `next` with every end it can reach until that says true. */
type Matcher = (run: Run, at: number, next: (at: number) => boolean) => boolean;

/** Thrown to leave a search that takes too long; caught in this file. */
class BudgetSpent extends Error {}

/**
 * A backtracking matcher for what a linear-time engine cannot do: look-around, backreferences, atomic groups. It
 * counts its steps, and a search that takes too many ends as `undecided`: no pattern can hold up the process.
 */
export function makeBudgetedMatcher(root: RegexNode): (text: string) => boolean | 'undecided' {
  const matcher = compile(root);
  return (text) => {
    const run: Run = {
      text,
      captures: new Map(),
      steps: maximumSteps + stepsPerCharacter * text.length,
      depth: 0,
    };
    try {
      for (let start = 0; start <= text.length; start++) {
        run.captures.clear();
        if (matcher(run, start, () => true)) return true;
      }
      return false;
    } catch (thrown) {
      if (thrown instanceof BudgetSpent || thrown instanceof RangeError) return 'undecided';
      throw thrown;
    }
  };
}

function spend(run: Run): void {
  if (--run.steps < 0 || run.depth > maximumDepth) throw new BudgetSpent();
}

function compile(node: RegexNode): Matcher {
  switch (node.kind) {
    case 'empty':
      return (_run, at, next) => next(at);
    case 'set': {
      const holds = characterTest(node.set, node.ignoreCase);
      return (run, at, next) => {
        spend(run);
        return at < run.text.length && holds(run.text.charCodeAt(at)) && next(at + 1);
      };
    }
    case 'sequence':
      return node.items.map(compile).reduceRight((after, item) => then(item, after));
    case 'alternation': {
      const branches = node.branches.map(compile);
      return (run, at, next) => {
        spend(run);
        return branches.some((branch) => branch(run, at, next));
      };
    }
    case 'repeat':
      return compileRepeat(node);
    case 'group':
      return node.capture === null ? compile(node.item) : capturing(compile(node.item), node.capture);
    case 'atomic': {
      const item = compile(node.item);
      return (run, at, next) => {
        const end = firstEnd(run, item, at);
        return end !== undefined && next(end);
      };
    }
    case 'look':
      return compileLook(node);
    case 'assertion':
      return (run, at, next) => {
        spend(run);
        return holdsAt(node.assertion, run.text, at) && next(at);
      };
    case 'backreference':
      return (run, at, next) => {
        spend(run);
        const captured = run.captures.get(node.capture);
        if (captured === undefined) return false;
        const wanted = run.text.slice(captured[0], captured[1]);
        const found = run.text.slice(at, at + wanted.length);
        const same = node.ignoreCase ? wanted.toLowerCase() === found.toLowerCase() : wanted === found;
        return same && next(at + wanted.length);
      };
    case 'unsupported':
      return () => {
        throw new BudgetSpent();
      };
  }
}

function then(first: Matcher, second: Matcher): Matcher {
  return (run, at, next) => {
    run.depth++;
    spend(run);
    const matched = first(run, at, (middle) => second(run, middle, next));
    run.depth--;
    return matched;
  };
}

/** Where the item's first way to match ends; its captures stay. */
function firstEnd(run: Run, item: Matcher, at: number): number | undefined {
  let end: number | undefined;
  item(run, at, (reached) => {
    end = reached;
    return true;
  });
  return end;
}

function capturing(item: Matcher, capture: string): Matcher {
  return (run, at, next) =>
    item(run, at, (end) => {
      const before = run.captures.get(capture);
      run.captures.set(capture, [at, end]);
      if (next(end)) return true;
      if (before === undefined) run.captures.delete(capture);
      else run.captures.set(capture, before);
      return false;
    });
}

function compileLook(node: Extract<RegexNode, { kind: 'look' }>): Matcher {
  const item = compile(node.item);
  const found = (run: Run, at: number): boolean => {
    if (node.ahead) return firstEnd(run, item, at) !== undefined;
    for (let start = at; start >= 0; start--) {
      spend(run);
      if (item(run, start, (end) => end === at)) return true;
    }
    return false;
  };
  return (run, at, next) => found(run, at) !== node.negative && next(at);
}

function compileRepeat(node: Extract<RegexNode, { kind: 'repeat' }>): Matcher {
  if (node.item.kind === 'set') return repeatOfSet(node, characterTest(node.item.set, node.item.ignoreCase));
  const item = compile(node.item);
  const from = (run: Run, at: number, next: (at: number) => boolean, done: number): boolean => {
    spend(run);
    run.depth++;
    const more = () =>
      done < node.max &&
      item(run, at, (end) => {
        // Beyond the rounds that are due, a round that matches nothing would go on for ever.
        if (end === at && done >= node.min) return false;
        return from(run, end, next, done + 1);
      });
    const enough = () => done >= node.min && next(at);
    const matched = node.lazy ? enough() || more() : more() || enough();
    run.depth--;
    return matched;
  };
  return (run, at, next) => from(run, at, next, 0);
}

/** The common case without recursion: take as many as there are, then give back one by one (or the reverse). */
function repeatOfSet(
  node: Extract<RegexNode, { kind: 'repeat' }>,
  holds: (code: number) => boolean,
): Matcher {
  return (run, at, next) => {
    let most = 0;
    while (most < node.max && at + most < run.text.length && holds(run.text.charCodeAt(at + most))) {
      most++;
      spend(run);
    }
    if (node.lazy) {
      for (let count = node.min; count <= most; count++) if (next(at + count)) return true;
      return false;
    }
    for (let count = most; count >= node.min; count--) if (next(at + count)) return true;
    return false;
  };
}

function characterTest(set: CharacterSet, ignoreCase: boolean): (code: number) => boolean {
  if (!ignoreCase) return (code) => setHolds(set, code);
  const single = singleCharacter(set);
  if (single !== undefined) {
    const wanted = String.fromCharCode(single).toLowerCase();
    return (code) => code === single || String.fromCharCode(code).toLowerCase() === wanted;
  }
  // The complement and the subtraction apply to what the positive part holds in any letter case.
  const positive: CharacterSet = { ...set, negated: false, subtract: null };
  const subtracts = set.subtract === null ? () => false : characterTest(set.subtract, true);
  return (code) => holdsAnyCase(positive, code) !== set.negated && !subtracts(code);
}

function holdsAnyCase(set: CharacterSet, code: number): boolean {
  if (setHolds(set, code)) return true;
  const character = String.fromCharCode(code);
  return [character.toLowerCase(), character.toUpperCase()].some(
    (other) => other.length === 1 && other !== character && setHolds(set, other.charCodeAt(0)),
  );
}

const wordSet = shorthandSet('w');

/** Word characters as \b sees them: \w and the two joiners. */
function isWordAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length || wordSet === undefined) return false;
  const code = text.charCodeAt(at);
  return code === 0x200c || code === 0x200d || setHolds(wordSet, code);
}

function holdsAt(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'endOrLastNewline':
      return at === text.length || (at === text.length - 1 && text[at] === '\n');
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n';
    case 'lineEnd':
      return at === text.length || text[at] === '\n';
    case 'boundary':
      return isWordAt(text, at - 1) !== isWordAt(text, at);
    case 'noBoundary':
      return isWordAt(text, at - 1) === isWordAt(text, at);
  }
}
