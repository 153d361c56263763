// What the functions of this process saw, in order; GET /api/journal gives it to the test.
const entries = [];

/** Records one event with its time. */
function record(event) {
  entries.push({ at: Date.now(), ...event });
}

/** Whether the test asked for a part of the app (setting FIXTURE_PARTS). */
function isWanted(part) {
  return (process.env.FIXTURE_PARTS ?? '').split(',').includes(part);
}

module.exports = { entries, record, isWanted };
