#!/usr/bin/env node
import { processIo } from './io';
import { runProgram } from './program';

// A reader that stops early (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

// The exit code is set, never forced: output to a pipe is written to its end.
void runProgram(process.argv.slice(2), processIo).then((code) => {
  process.exitCode = code;
});
