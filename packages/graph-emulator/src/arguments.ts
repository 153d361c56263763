import { parseArgs } from 'node:util';
import { UserError } from '../../emulator-kit/src/errors';

/** What the command line asks for. */
export type GraphArguments = {
  readonly port: number;
  /** The port was asked for: busy is an error. */
  readonly isPortChosen: boolean;
  readonly host: string;
  readonly tenant: string | undefined;
  readonly data: string | undefined;
  readonly linksOrigin: string | undefined;
  readonly quotaFactor: number;
  /** Where partner topics of Event Grid send, by their names. */
  readonly partnerTopics: Readonly<Record<string, string>>;
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly isHelp: boolean;
};

/** The text of --help. */
export const usage = `Usage: graph-emulator [options]
  --port P             port (default 7072, or a free one when that is busy; 0 takes a free one)
  --host H             address to listen on (default 127.0.0.1)
  --tenant FILE        tenant to serve, NDJSON or JSON (default: the sample tenant of 300 users)
  --data FILE          keeps what happens in FILE; an existing FILE is read first
  --links-origin URL   origin of the links in answers (default https://graph.microsoft.com)
  --quota-factor F     multiplies every quota (default 1)
  --partner-topic NAME=URL   the partner topic NAME of Event Grid posts its CloudEvents to URL; may be repeated
  --tls-cert FILE --tls-key FILE   serve TLS (PEM)
`;

/**
 * The command line as settings.
 * @throws UserError local/usage
 */
export function readArguments(args: readonly string[]): GraphArguments {
  const { values } = parse(args);
  const linksOrigin = values['links-origin'];
  if (linksOrigin !== undefined && !/^https?:\/\/[^/]+\/?$/.test(linksOrigin)) {
    throw wrong('--links-origin', linksOrigin, 'an origin such as http://127.0.0.1:7072');
  }
  if ((values['tls-cert'] === undefined) !== (values['tls-key'] === undefined)) {
    throw wrong('--tls-cert', String(values['tls-cert']), 'given together with --tls-key');
  }
  return {
    port: readNumber('--port', values.port ?? '7072', (value) => Number.isInteger(value) && value <= 65_535),
    isPortChosen: values.port !== undefined,
    host: values.host ?? '127.0.0.1',
    tenant: values.tenant,
    data: values.data,
    linksOrigin: linksOrigin?.replace(/\/$/, ''),
    quotaFactor: readNumber('--quota-factor', values['quota-factor'] ?? '1', (value) => value > 0),
    partnerTopics: Object.fromEntries((values['partner-topic'] ?? []).map(readTopic)),
    tlsCert: values['tls-cert'],
    tlsKey: values['tls-key'],
    isHelp: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        tenant: { type: 'string' },
        data: { type: 'string' },
        'links-origin': { type: 'string' },
        'quota-factor': { type: 'string' },
        'partner-topic': { type: 'string', multiple: true },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new UserError('local/usage', message, { cause, hint: 'Run it with --help.' });
  }
}

function readTopic(text: string): readonly [string, string] {
  const [, name = '', url = ''] = /^([^=\s]+)=(https?:\/\/\S+)$/.exec(text) ?? [];
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) {
    throw wrong('--partner-topic', text, 'NAME=URL with a URL of this machine');
  }
  return [name, url];
}

function readNumber(option: string, text: string, isRight: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value) || value < 0 || !isRight(value)) {
    throw wrong(option, text, 'a number in range');
  }
  return value;
}

function wrong(option: string, text: string, expected: string): UserError {
  return new UserError('local/usage', `${option} must be ${expected}, not "${text}"`, {
    hint: 'Run it with --help.',
  });
}
