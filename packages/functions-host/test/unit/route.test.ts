import { describe, expect, it } from '@jest/globals';
import { compileRoute } from '../../src/http/route';

const match = (template: string, path: string) =>
  compileRoute(template).match(path.split('/').filter((segment) => segment !== ''));

describe('a route', () => {
  it.each([
    ['api/users', '/api/users', {}],
    ['api/Users', '/API/users', {}],
    ['api/users', '/api/users/1', undefined],
    ['api/{name}', '/api', undefined],
    ['api/{name}', '/api/a%2Fb', { name: 'a/b' }],
    ['api/{name?}', '/api', {}],
    ['api/{name?}', '/api/x', { name: 'x' }],
    ['api/{*rest}', '/api', {}],
    ['api/{*rest}', '/api/a/b', { rest: 'a/b' }],
    ['api/{**rest}', '/api/a/b', { rest: 'a/b' }],
    ['api/{id:int}/x', '/api/12/x', { id: '12' }],
    ['api/{id:int}/x', '/api/1a/x', undefined],
    [
      'api/{id:guid}',
      '/api/8a256a2b-b617-496d-b51b-e76466e88db0',
      { id: '8a256a2b-b617-496d-b51b-e76466e88db0' },
    ],
    ['api/{id:guid}', '/api/8a256a2b', undefined],
    ['api/{name}', '/api/%E0%A4%A', undefined],
  ])('%s on %s gives %j', (template, path, expected) => {
    expect(match(template, path)).toEqual(expected);
  });

  it.each(['api/{id:decimal}', 'api/{name=5}', 'api/a{id}', 'api/{a?}/b', 'api/{*a}/b', 'api/{'])(
    'refuses %s',
    (template) => {
      expect(() => compileRoute(template)).toThrow(`The route "${template}"`);
    },
  );

  it('ranks literals before parameters before catch-alls', () => {
    const ranked = ['api/{*rest}', 'api/{id}', 'api/users', 'api/users/{id}']
      .map(compileRoute)
      .sort((a, b) => (a.precedence < b.precedence ? -1 : 1));

    expect(ranked.map(({ template }) => template)).toEqual([
      'api/users',
      'api/users/{id}',
      'api/{id}',
      'api/{*rest}',
    ]);
  });
});
