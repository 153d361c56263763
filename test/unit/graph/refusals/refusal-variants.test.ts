import { describe, expect, it } from '@jest/globals';
import type { GraphErrorClass } from '../../../../shared/words/reason-codes/graph-error-class';
import { toGraphError } from '../../../../shared/graph/refusals/refused-answer';

const sku = 'efccb6f7-5641-4e0e-bd10-b4976e1bf68e';
const planA = '9aaf7827-d63c-4b61-89c3-182f06f82e5c';
const planB = 'efb87545-963c-4e0d-99df-69c6916d9eb0';
const bad = 'Request_BadRequest';

type Known = readonly [expected: GraphErrorClass, status: number, code: string, text: string];

/**
 * Texts as Microsoft documents them and as people report them in public threads of microsoftgraph/microsoft-graph-docs,
 * microsoft-graph-docs-contrib, msgraph-sdk-dotnet and KelvinTegelaar/CIPP.
 */
const known: readonly Known[] = [
  ['seats', 400, bad, `Subscription with SKU ${sku} does not have any available licenses.`],
  ['seats', 400, '60012', 'The subscription has no available licenses left'],
  [
    'conflict',
    400,
    bad,
    `License assignment failed because service plans ${planA}, ${planB} are mutually exclusive`,
  ],
  [
    'conflict',
    400,
    bad,
    `The user has licensed service plans that conflict with plans in the new license. [${planA}, ${planB}]`,
  ],
  [
    'dependency',
    400,
    bad,
    `License assignment failed because service plan ${planA} depends on the service plan(s) ${planB}`,
  ],
  ['usageLocation', 400, bad, 'License assignment cannot be done for user with invalid usage location.'],
  ['usageLocation', 400, bad, 'License cannot be assigned to a user without a usage location specified.'],
  [
    'uniqueness',
    400,
    bad,
    'Proxy address "SMTP:a@contoso.com" is already being used by the proxy addresses of "b".',
  ],
  ['uniqueness', 400, bad, 'Another object with the same value for property proxyAddresses already exists.'],
  [
    'inherited',
    400,
    bad,
    'User license is inherited from a group membership and it cannot be removed directly from the user.',
  ],
  [
    'inherited',
    400,
    bad,
    'User license is inherited from group membership and cannot be removed directly from the user.',
  ],
  ['notHeld', 400, bad, 'User does not have a corresponding license.'],
  ['configuration', 400, bad, `License ${sku} does not correspond to a valid company License.`],
  ['configuration', 400, bad, `License ${sku} cannot be assigned to a user.`],
  [
    'ownTrouble',
    400,
    bad,
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  ],
  [
    'ownTrouble',
    403,
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation. Target object is a member of a restricted management administrative unit and can only be modified by administrators scoped to that administrative unit.',
  ],
  [
    'badRequest',
    400,
    bad,
    "Cannot convert a primitive value to the expected type 'Edm.Guid'. See the inner exception for more details.",
  ],
  ['badRequest', 400, bad, `Cannot convert the literal 'x' to the expected type 'Edm.Guid'.`],
  ['badRequest', 400, bad, 'One or more properties contains invalid values.'],
  [
    'badRequest',
    400,
    bad,
    "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: removeLicenses.",
  ],
  [
    'badRequest',
    400,
    'BadRequest',
    "Parsing OData Select and Expand failed: Could not find a property named 'x' on type 'microsoft.graph.user'.",
  ],
  ['badRequest', 400, bad, "Invalid request for delta query, 'signInActivity' is not supported in $select."],
  [
    'syncStateLost',
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  ],
  [
    'syncStateLost',
    400,
    'BadRequest',
    'The sync state generation is not found; a full synchronization is required.',
  ],
  ['syncStateLost', 410, 'resyncRequired', 'Resync required.'],
  [
    'subscriptionExists',
    409,
    'Conflict',
    `Subscription Id ${planA} already exists for the requested combination`,
  ],
  [
    'concurrency',
    409,
    'Directory_ConcurrencyViolation',
    'Error due to concurrent requests being made to the tenant. Please wait briefly and retry.',
  ],
  [
    'gone',
    404,
    'Request_ResourceNotFound',
    `Resource '${planA}' does not exist or one of its queried reference-property objects are not present.`,
  ],
  ['permission', 403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'],
  ['permission', 401, 'InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'],
  ['throttled', 429, 'TooManyRequests', 'Too many requests.'],
  ['unavailable', 503, 'serviceNotAvailable', 'The service is temporarily unavailable.'],
];

/** Ways in which the same sentence has been seen to vary. */
const spellings: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['upper case', (text) => text.toUpperCase()],
  ['lower case', (text) => text.toLowerCase()],
  ['no articles', (text) => text.replace(/\b(?:a|an|the) /gi, '')],
  ['more articles', (text) => text.replace(/\b(license|user|group|service plans?) /gi, 'the $1 ')],
  ['ids in braces', (text) => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '{$&}')],
  [
    'other ids',
    (text) => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '00000000-0000-4000-8000-00000000000A'),
  ],
  ['British', (text) => text.replace(/license(?!Assign)/gi, 'licence')],
  ['typographic quotes and wide gaps', (text) => text.replace(/'/g, '’').replace(/ /g, '  ')],
];

type Wrap = (code: string, message: string) => unknown;
/** Bodies in which the same refusal has been seen to arrive. */
const wrappers: readonly (readonly [string, Wrap])[] = [
  ['v1.0', (code, message) => ({ error: { code, message, innerError: { 'request-id': 'r', date: 'd' } } })],
  ['without innerError', (code, message) => ({ error: { code, message } })],
  [
    'lower-case innererror',
    (code, message) => ({ error: { code, message, innererror: { 'request-id': 'r' } } }),
  ],
  ['OData 3', (code, message) => ({ 'odata.error': { code, message: { lang: 'en', value: message } } })],
  ['without the envelope', (code, message) => ({ code, message })],
  ['in details', (code, message) => ({ error: { code: '', message: '', details: [{ code, message }] } })],
  [
    'inside a gateway’s message',
    (code, message) => ({
      error: { code: 'UnknownError', message: JSON.stringify({ error: { code, message } }) },
    }),
  ],
  ['as text', (code, message) => JSON.stringify({ error: { code, message } })],
  ['with another code', (_code, message) => ({ error: { code: 'Request_BadRequest', message } })],
  ['without a code', (_code, message) => ({ error: { message } })],
  ['with an empty code', (_code, message) => ({ error: { code: '', message } })],
  [
    'as a page',
    (_code, message) => `<html><head><title>x</title></head><body><h1>${message}</h1></body></html>`,
  ],
];

const asked = { method: 'POST', path: '/users/x/assignLicense' };
const headers = new Headers();
const classOf = (status: number, body: unknown) => toGraphError({ status, headers, body }, asked, 0).class;

describe('a refusal of a known kind', () => {
  let tried = 0;
  it.each(known)(
    'of class %s (%d %s) is recognized however it is worded: %s',
    (expected, status, code, text) => {
      const got: [string, GraphErrorClass][] = [];
      for (const [spelling, spell] of spellings) {
        for (const [wrapper, wrap] of wrappers) {
          tried += 1;
          const found = classOf(status, wrap(code, spell(text)));
          if (found !== expected) got.push([`${spelling}, ${wrapper}`, found]);
        }
      }
      expect(got).toEqual([]);
    },
  );

  it('was tried in more than 300 variants', () => {
    expect(tried).toBeGreaterThan(300);
  });
});

describe('what only one part of an answer tells', () => {
  it('is told by the code where the text says nothing', () => {
    for (const message of ['', 'Something is not right.']) {
      expect(classOf(400, { error: { code: 'Directory_ExpiredPageToken', message } })).toBe('syncStateLost');
    }
  });

  it.each([
    "Invalid usageLocation: cannot convert the literal '7' to the expected type 'Edm.String'.",
    "Missing usageLocation: could not find a property named 'x' on type 'microsoft.graph.user'.",
  ])('is a request that cannot be read, whatever rule of licensing its words are like: %s', (message) => {
    expect(classOf(400, { error: { code: bad, message } })).toBe('badRequest');
  });
});

describe('a body that says nothing', () => {
  it.each<[GraphErrorClass, number]>([
    ['permission', 401],
    ['permission', 403],
    ['gone', 404],
    ['badRequest', 405],
    ['ambiguous', 408],
    ['syncStateLost', 410],
    ['badRequest', 413],
    ['badRequest', 415],
    ['throttled', 429],
    ['unavailable', 500],
    ['badRequest', 501],
    ['unavailable', 502],
    ['unavailable', 503],
    ['ambiguous', 504],
  ])('is of class %s by its status %d', (expected, status) => {
    for (const body of [
      '',
      '{}',
      '<html></html>',
      'null',
      '[]',
      '{"error":null}',
      '{"error":{}}',
      undefined,
    ]) {
      expect([body, classOf(status, body)]).toEqual([body, expected]);
    }
  });

  it.each(['', '<html></html>', undefined, '[]'])('is unknown with status 400: %s', (body) => {
    expect(classOf(400, body)).toBe('unknown');
  });

  it.each(['{"error":{"code":"","message":""}}', '{"error":{}}', '{"error":null}'])(
    'but Graph’s own envelope with an empty code is its parser’s: %s',
    (body) => {
      expect(classOf(400, body)).toBe('badRequest');
    },
  );
});

describe('an error made of a refusal', () => {
  it('keeps Graph’s words, code and request id', () => {
    const body = { error: { code: bad, message: 'Something new.', innerError: { 'request-id': 'r-7' } } };

    const error = toGraphError({ status: 400, headers, body }, asked, 0);

    expect(error).toMatchObject({
      class: 'unknown',
      message: 'Something new.',
      graphCode: bad,
      requestId: 'r-7',
    });
  });

  it('keeps the words and the code of the cause, not those of the gateway that wrapped it', () => {
    const cause = { error: { code: 'Directory_New', message: 'Something new.' } };
    const body = { error: { code: 'UnknownError', message: JSON.stringify(cause) } };

    expect(toGraphError({ status: 400, headers, body }, asked, 0)).toMatchObject({
      message: 'Something new.',
      graphCode: 'Directory_New',
    });
  });

  it.each([
    ['POST', '/users/x/assignLicense', 'LicenseAssignment.ReadWrite.All'],
    ['GET', '/users/x?$select=id', 'User.Read.All'],
    ['GET', 'https://graph.microsoft.com/v1.0/users/delta?$deltatoken=t', 'User.Read.All'],
    ['GET', '/users/x/memberOf?$top=999', 'GroupMember.ReadBasic.All'],
    ['GET', '/subscribedSkus', 'LicenseAssignment.Read.All'],
    ['PATCH', '/users/x', 'User.ReadWrite.All'],
  ])('of a 403 to %s %s names %s', (method, path, permission) => {
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } };

    const error = toGraphError({ status: 403, headers, body }, { method, path }, 0);

    expect(error.permission).toBe(permission);
    expect(error.message).toContain('Insufficient privileges.');
    expect(error.message).toContain(permission);
  });

  it('names no permission for a 401, which is about the token', () => {
    expect(toGraphError({ status: 401, headers, body: '' }, asked, 0).permission).toBeUndefined();
  });
});
