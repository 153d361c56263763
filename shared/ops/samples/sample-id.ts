import type { RecordStore } from '../../store/ports/record-store';
import type { Sample } from '../../store/ports/ops/sample';

/** By the minute and by the hour. */
export type SampleStores = { readonly minutes: RecordStore<Sample>; readonly hours: RecordStore<Sample> };

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const endOfTime = 8_640_000_000_000_000;

/** The id of a sample's time, so that the newest comes first. */
export function sampleId(at: number): string {
  return String(endOfTime - at).padStart(16, '0');
}
