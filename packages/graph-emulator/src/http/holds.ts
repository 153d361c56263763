export type HoldPhase = 'before' | 'after';

export type HoldRule = {
  /** Undefined: any method. */
  readonly method?: string | undefined;
  /** A prefix of the path after /v1.0, or with `isPattern` a regular expression. */
  readonly path: string;
  readonly isPattern?: boolean | undefined;
  readonly phase: HoldPhase;
  /** How many requests to hold; later ones pass. */
  readonly count: number;
};

type Waiting = {
  readonly method: string;
  readonly path: string;
  readonly since: number;
  release: () => void;
};
type Hold = {
  readonly rule: HoldRule;
  readonly pattern: RegExp | undefined;
  left: number;
  readonly waiting: Waiting[];
};

/** Requests that wait, before or after they are committed, until the control API releases them. */
export class Holds {
  private readonly holds = new Map<string, Hold>();
  private made = 0;

  get isEmpty(): boolean {
    return this.holds.size === 0;
  }

  add(rule: HoldRule): string {
    const id = String((this.made += 1));
    const pattern = rule.isPattern ? new RegExp(rule.path, 'i') : undefined;
    this.holds.set(id, { rule, pattern, left: rule.count, waiting: [] });
    return id;
  }

  /** undefined: there is no such hold. */
  waiting(id: string): readonly { method: string; path: string; since: number }[] | undefined {
    return this.holds.get(id)?.waiting.map(({ method, path, since }) => ({ method, path, since }));
  }

  /** Lets the waiting go and holds no more; the number that waited. */
  release(id: string): number | undefined {
    const hold = this.holds.get(id);
    if (!hold) return undefined;
    this.holds.delete(id);
    for (const waiting of hold.waiting) waiting.release();
    return hold.waiting.length;
  }

  releaseAll(): void {
    for (const id of [...this.holds.keys()]) this.release(id);
  }

  /** Resolves at once when no hold wants this request; else when it is released. */
  pass(phase: HoldPhase, method: string, path: string, now: number): Promise<void> | undefined {
    if (this.isEmpty) return undefined;
    const hold = [...this.holds.values()].find(
      (entry) =>
        entry.left > 0 &&
        entry.rule.phase === phase &&
        (entry.rule.method === undefined || entry.rule.method.toUpperCase() === method) &&
        (entry.pattern
          ? entry.pattern.test(path)
          : path.toLowerCase().startsWith(entry.rule.path.toLowerCase())),
    );
    if (!hold) return undefined;
    hold.left -= 1;
    return new Promise((resolve) => {
      hold.waiting.push({ method, path, since: now, release: resolve });
    });
  }
}
