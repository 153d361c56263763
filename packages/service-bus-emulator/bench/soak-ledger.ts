/** What the clients of a soak know: which sends and which settlements the broker has confirmed. */
export class SoakLedger {
  readonly acknowledged = new Set<string>();
  readonly completed = new Set<string>();
  readonly deadLettered = new Set<string>();
  /** A settlement was asked for, and its answer never came: it may have happened. */
  readonly uncertain = new Set<string>();
  /** Came again after its completion had been confirmed. */
  readonly revived = new Set<string>();

  onReceived(id: string): void {
    if (this.completed.has(id) || this.deadLettered.has(id)) this.revived.add(id);
  }
}
