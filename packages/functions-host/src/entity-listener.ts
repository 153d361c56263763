/** What takes work from a queue, a subscription or an event hub and runs a function with it. */
export interface EntityListener {
  start(): void;
  /** Takes nothing more; resolves when what is in hand is through. */
  stop(): Promise<void>;
  /** Cuts the connection. */
  close(): Promise<void>;
}

/** Runs a function as if its trigger had fired. */
export interface HandRun {
  /** @throws what the function throws */
  runByHand(body: string): Promise<void>;
}
