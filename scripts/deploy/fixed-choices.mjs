// What Azure does not change in resources that are there. A deployment that asks for it would end in the middle, with a
// message of one resource; here it is refused before.
import { WrongChoice } from './merge-choices.mjs';
import { plainRegion } from './prepare.mjs';

/**
 * The region of the resources: that of the last deployment, or what is asked for at the first one.
 *
 * @param {string} location what is asked for
 * @param {{ parameters: Record<string, unknown>, isComplete: boolean }} previous
 * @returns {string | undefined} undefined: where the template has put them, which the last deployment does not tell
 * @throws {WrongChoice} they are in another one
 */
export function chooseRegion(location, { parameters, isComplete }) {
  if (!isComplete) return location;
  const known = parameters.location || undefined;
  if (known !== undefined && plainRegion(known) !== plainRegion(location))
    throw new WrongChoice(
      `--location ${location}: the resources are in ${known}, and none of them can be moved. Say --location ${known}, or deploy a ` +
        'new environment beside them (--name)',
    );
  return known;
}

/** Parameter, its default, whether Azure refuses the change, and why. */
const fixed = [
  {
    parameter: 'privateNetwork',
    fallback: false,
    isRefused: (before, now) => before !== now,
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-migrate-standard-premium
    why: '--private-network: Service Bus does not go from Standard to Premium, or back, in its namespace',
  },
  {
    parameter: 'networkAddressPrefix',
    fallback: '10.90.0.0/23',
    isRefused: (before, now, chosen) => chosen.privateNetwork === true && before !== now,
    why: '--network: the addresses of a network that is in use cannot be changed',
  },
];

/**
 * @param {Record<string, unknown>} chosen
 * @param {{ parameters: Record<string, unknown>, isComplete: boolean }} previous
 * @throws {WrongChoice} Azure would refuse it
 */
export function refuseFixedChanges(chosen, { parameters, isComplete }) {
  if (!isComplete) return;
  for (const { parameter, fallback, isRefused, why } of fixed) {
    const before = parameters[parameter] ?? fallback;
    const now = chosen[parameter] ?? fallback;
    if (isRefused(before, now, chosen))
      throw new WrongChoice(`${why}. Deploy a new environment beside this one (--name), and remove this one`);
  }
}
