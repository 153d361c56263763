// Texts that look like a secret, whatever file they stand in.

/** What it is, and how it looks. Where a format is documented, its page stands beside it. */
const shapes = [
  ['a private key', /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/],
  ['an account key or a shared access key', /\b(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{40,}={0,2}/],
  // 64 random bytes, as the keys of storage accounts are; a package's hash in package-lock.json looks the same.
  ['a key of 64 bytes', /(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{86}==/],
  ['a signed token', /\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{15,}/],
  ['a client secret of Entra', /(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])/],
  ['a shared access signature', /[?&]sig=[A-Za-z0-9%_-]{40,}/],
  ['a function key', /[?&]code=[\w-]{50,}(?:==|%3D%3D)?/],
  // https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['an access key of AWS', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a webhook of Slack', /hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/],
];

/**
 * @param {string} path of a file
 * @param {string} text its content
 * @returns {string[]} one line a finding: path, line and what it looks like, never the text itself
 */
export function findSecrets(path, text) {
  return text
    .split('\n')
    .flatMap((line, index) =>
      shapes
        .filter(([, shape]) => shape.test(line))
        .map(([what]) => `${path}:${index + 1}: looks like ${what}`),
    );
}
