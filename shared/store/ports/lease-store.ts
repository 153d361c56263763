/** A named right that one process holds for a while: the drain, the census, feeding rollouts. */
export interface LeaseStore {
  /** False: another process holds it. Taking a lease again prolongs it. */
  take(name: string, holder: string, forMs: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}
