import { readHint, readOperation } from '../../queue/messages';
import type { HintMessage, OperationMessage } from '../../queue/messages';

/** What a message says, for people; a foreign message is shown as it is, cut short. */
export function describeMessage(body: unknown): { readonly userId: string | null; readonly text: string } {
  const hint = readHint(body);
  if (hint.kind === 'message') return describeHint(hint.message);
  const operation = readOperation(body);
  if (operation.kind === 'message') return describeOperation(operation.message);
  return {
    userId: null,
    text:
      hint.kind === 'newer'
        ? `A message of version ${String(hint.version)}, for a newer version of the app`
        : `Not readable: ${shortened(body)}`,
  };
}

function describeHint({ hint }: HintMessage) {
  const about = [
    `seen by ${hint.source} at ${hint.seenAt}`,
    ...(hint.crowd ? ['of a crowd'] : []),
    ...(hint.rollout === undefined ? [] : [`of rollout ${hint.rollout}`]),
    ...(hint.retryToken === undefined ? [] : ['scheduled']),
  ];
  return { userId: hint.user.id, text: `${hint.kind}: ${about.join(', ')}` };
}

function describeOperation({ operation }: OperationMessage) {
  const { kind, rollout, why } = operation;
  const about = rollout === undefined ? kind : `${kind}, of rollout ${rollout}`;
  return { userId: operation.user.id, text: `${about}: ${why.join(' ')}` };
}

function shortened(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? String(body));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
