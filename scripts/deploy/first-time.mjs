// What only the first deployment with a choice needs.
import { WrongChoice } from './merge-choices.mjs';

/**
 * The URL that Graph calls carries a key of the app, so the app must exist first, and the key be put into the vault.
 *
 * @returns {boolean} whether notifications are wanted and the last deployment did not make their key
 */
export const isNewToNotifications = (chosen, { parameters, isComplete }) =>
  chosen.notifications === true && !(isComplete && parameters.notifications === true);

/**
 * The URL is a secret: it comes from the shell, goes into the vault, and is in no option and no file.
 * @throws {WrongChoice} the webhook is switched on and the vault has no URL
 */
export function requireWebhookUrl(chosen, { parameters, isComplete }, env) {
  if (chosen.webhook !== true || (isComplete && parameters.webhook === true)) return;
  if (!/^https:\/\//.test(env.LICENSER_WEBHOOK_URL ?? ''))
    throw new WrongChoice(
      '--webhook: put its URL, https, into the variable LICENSER_WEBHOOK_URL of this shell',
    );
}
