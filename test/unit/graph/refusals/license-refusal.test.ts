import { describe, expect, it } from '@jest/globals';
import type { GraphErrorClass } from '../../../../shared/words/reason-codes/graph-error-class';
import {
  classifyRefusal,
  conflictPairsInText,
  idsInText,
} from '../../../../shared/graph/refusals/license-refusal';

const bad = 'Request_BadRequest';
const sku = 'EFCCB6F7-5641-4e0e-bd10-b4976e1bf68e';
const planA = '9aaf7827-d63c-4b61-89c3-182f06f82e5c';
const planB = 'efb87545-963c-4e0d-99df-69c6916d9eb0';

/**
 * Texts as Microsoft documents them or people report them:
 * https://learn.microsoft.com/entra/fundamentals/licensing-groups-resolve-problems, https://learn.microsoft.com/graph/errors
 */
const texts: readonly (readonly [GraphErrorClass, string])[] = [
  ['seats', `Subscription with SKU ${sku} does not have any available licenses.`],
  ['seats', 'The subscription has no available licenses left'],
  ['conflict', `License assignment failed because service plans ${planA}, ${planB} are mutually exclusive`],
  [
    'conflict',
    `The user has licensed service plans that conflict with plans in the new license. Remove one of each. The conflicting service plan pairs are: [${planA}, ${planB}]. Licenses being added: [${sku}]`,
  ],
  [
    'dependency',
    `License assignment failed because service plan ${planA} depends on the service plan(s) ${planB}`,
  ],
  ['dependency', `Service plan ${planA} depends on service plan(s) ${planB}, ${sku}.`],
  ['usageLocation', 'License assignment cannot be done for user with invalid usage location.'],
  ['usageLocation', 'The license cannot be assigned because user X has an invalid usage location'],
  ['usageLocation', 'License cannot be assigned to a user without a usage location specified.'],
  ['prohibitedLocation', 'ProhibitedInUsageLocationViolation'],
  ['uniqueness', 'Proxy address "SMTP:a@contoso.com" is already being used by the proxy addresses of "b".'],
  ['uniqueness', 'Another object with the same value for property proxyAddresses already exists.'],
  [
    'inherited',
    'User license is inherited from a group membership and it cannot be removed directly from the user.',
  ],
  ['notHeld', 'User does not have a corresponding license.'],
  ['configuration', `License ${sku} does not correspond to a valid company License.`],
  ['configuration', `License ${sku} cannot be assigned to a user.`],
  ['badRequest', `Cannot convert the literal 'x' to the expected type 'Edm.Guid'.`],
  [
    'badRequest',
    "One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: removeLicenses.",
  ],
];
const withCase = texts.flatMap(([errorClass, text]) => [
  [errorClass, text] as const,
  [errorClass, text.toUpperCase()] as const,
  [errorClass, text.toLowerCase()] as const,
]);

describe('classifyRefusal', () => {
  it.each(withCase)('tells %s from: %s', (errorClass, text) => {
    expect(classifyRefusal({ status: 400, code: bad, text, isWrite: true })).toBe(errorClass);
  });

  it.each<[GraphErrorClass, number, string, boolean]>([
    ['concurrency', 409, 'Directory_ConcurrencyViolation', true],
    ['concurrency', 400, 'Directory_ConcurrencyViolation', true],
    ['throttled', 429, '', true],
    ['throttled', 429, 'TooManyRequests', false],
    ['throttled', 400, 'activityLimitReached', false],
    ['unavailable', 500, 'InternalServerError', true],
    ['unavailable', 502, '', true],
    ['unavailable', 503, 'serviceNotAvailable', true],
    ['unavailable', 504, '', false],
    ['ambiguous', 504, '', true],
    ['unavailable', 408, '', false],
    ['badRequest', 501, 'NotImplemented', false],
    ['permission', 401, 'InvalidAuthenticationToken', true],
    ['permission', 403, 'Authorization_RequestDenied', true],
    ['permission', 403, '', false],
    ['gone', 404, 'Request_ResourceNotFound', true],
    ['gone', 404, '', false],
    ['syncStateLost', 410, '', false],
    ['syncStateLost', 400, 'syncStateNotFound', false],
    ['syncStateLost', 400, 'ResyncRequired', false],
    ['badRequest', 400, 'BadRequest', true],
    ['unknown', 400, bad, true],
    ['unknown', 422, 'Something_New', true],
  ])('tells %s from status %d and code "%s" (write: %s)', (errorClass, status, code, isWrite) => {
    expect(classifyRefusal({ status, code, text: 'Words of an unknown kind', isWrite })).toBe(errorClass);
  });

  it('believes the code before the text', () => {
    const text = 'User does not have a corresponding license.';

    const errorClass = classifyRefusal({
      status: 409,
      code: 'Directory_ConcurrencyViolation',
      text,
      isWrite: true,
    });

    expect(errorClass).toBe('concurrency');
  });
});

describe('idsInText', () => {
  it('names ids in their order, once, in lower case', () => {
    const text = `service plan ${planA} depends on the service plan(s) ${planB}, ${sku}, ${planA}`;

    expect(idsInText(text)).toEqual([planA, planB, sku.toLowerCase()]);
  });

  it('leaves out the SKUs at the end of a conflict', () => {
    expect(idsInText(`pairs are: [${planA}, ${planB}]. Licenses being added: [${sku}]`)).toEqual([
      planA,
      planB,
    ]);
  });

  it('finds none where there is none', () => {
    expect(idsInText('service plans Exchange, SharePoint are mutually exclusive')).toEqual([]);
  });
});

describe('the pairs that a conflict names', () => {
  const planC = 'aaaaaaaa-0000-4000-8000-000000000003';

  it.each([
    [`service plans ${planA}, ${planB} are mutually exclusive`, [[planA, planB]]],
    [
      `The conflicting service plan pairs are: [${planA}, ${planB}], [${planC}, ${planA}]. Licenses being added: [${sku}, ${planC}]`,
      [
        [planA, planB],
        [planC, planA],
      ],
    ],
    [
      `service plans ${planA}, ${planB}, ${planC} are mutually exclusive`,
      [
        [planA, planB],
        [planA, planC],
        [planB, planC],
      ],
    ],
    ['service plans Exchange, SharePoint are mutually exclusive', []],
    [`service plan ${planA} is mutually exclusive`, []],
  ])('in "%s"', (text, pairs) => {
    expect(conflictPairsInText(text)).toEqual(pairs);
  });
});
