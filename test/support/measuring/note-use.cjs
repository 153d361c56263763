// Loaded before the program (--require): at its end it writes down what the process has used, as JSON.
const { readFileSync, writeFileSync } = require('node:fs');
const process = require('node:process');

/** The most memory this program had, MiB. A process inherits the figure of getrusage from the one that began it, so Linux's own of the program goes first. */
function peakMebibytes() {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kibibytes !== undefined) return Number(kibibytes) / 1_024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS / 1_024;
}

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const use = { peakMebibytes: peakMebibytes(), processorSeconds: (userCPUTime + systemCPUTime) / 1_000_000 };
  writeFileSync(process.env.NOTE_USE_IN, JSON.stringify(use));
});
