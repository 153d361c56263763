import { startTableRecorder } from '../../../bench/ops-cloud/table-recorder';
import { leaseTables } from '../clouds/lease-tables';

/** Azurite behind a port that writes down what is asked of it. */
export async function startRecordingTables() {
  const azurite = await leaseTables();
  const { port } = new URL(azurite.endpoint);
  const recorder = await startTableRecorder(() => Number(port));
  return {
    endpoint: azurite.endpoint.replace(port, String(recorder.port)),
    credential: azurite.credential,
    take: recorder.take,
    close: () => recorder.close(),
  };
}
