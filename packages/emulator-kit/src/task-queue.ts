export type Task = { readonly at: number; readonly order: number; run: (() => void) | undefined };

function isBefore(left: Task, right: Task): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}

/** Tasks by due time (a binary heap); equal times keep the order in which they were added. */
export class TaskQueue {
  private readonly heap: Task[] = [];
  private added = 0;

  /** A cancelled task stays in the heap with `run` undefined until it is due. */
  add(at: number, run: () => void): Task {
    const task: Task = { at, order: (this.added += 1), run };
    let index = this.heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.heap[parent];
      if (!above || !isBefore(task, above)) break;
      this.heap[index] = above;
      index = parent;
    }
    this.heap[index] = task;
    return task;
  }

  get nextAt(): number | undefined {
    return this.heap[0]?.at;
  }

  /** Takes the earliest task out when it is due at `now`. */
  takeDue(now: number): Task | undefined {
    const first = this.heap[0];
    if (!first || first.at > now) return undefined;
    const last = this.heap.pop();
    if (last && last !== first) this.sink(last);
    return first;
  }

  private sink(task: Task): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const leftTask = this.heap[left];
      if (!leftTask) break;
      const rightTask = this.heap[left + 1];
      const child = rightTask && isBefore(rightTask, leftTask) ? left + 1 : left;
      const smaller = child === left ? leftTask : rightTask;
      if (!smaller || isBefore(task, smaller)) break;
      this.heap[index] = smaller;
      index = child;
    }
    this.heap[index] = task;
  }
}
