/** A named right that one process holds for a while: the drain, the census, feeding rollouts. */
export interface LeaseStore {
  /** False: somebody else holds it. Taking a lease one holds prolongs it. */
  take(name: string, holder: string, forMs: number): Promise<boolean>;
  release(name: string, holder: string): Promise<void>;
}
