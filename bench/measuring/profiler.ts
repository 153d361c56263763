import { renameSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';

/**
 * Loaded into a process before its own code (`NODE_OPTIONS=--require`): the first SIGUSR2 begins a CPU profile, the second
 * ends it and writes it to PROFILE_FILE, whole or not at all.
 */
const session = new Session();
const file = process.env['PROFILE_FILE'] ?? 'profile.cpuprofile';
/** Microseconds between two samples; at less the sampling itself shows. */
const interval = 500;
let isRunning = false;

process.on('SIGUSR2', () => {
  if (!isRunning) {
    isRunning = true;
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval });
    session.post('Profiler.start');
    return;
  }
  isRunning = false;
  session.post('Profiler.stop', (error, result) => {
    if (error !== null) throw error;
    writeFileSync(`${file}.part`, JSON.stringify(result.profile));
    renameSync(`${file}.part`, file);
    session.disconnect();
  });
});
