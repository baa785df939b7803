import { clusterNeeds, mergeNeeds } from '../../lib/secrets/need';
import { EnvValue } from '../../lib/model/value';
import { aSystem } from '../support/builders';
import { tarsModel } from '../support/tars-model';
import { aNeed } from './sources';

describe('clusterNeeds', () => {
  test('are the keys that services read, sorted, with their readers', () => {
    const needs = clusterNeeds([tarsModel()]).map(({ key, mayBeEmpty }) => [key, mayBeEmpty]);
    expect(needs).toEqual([
      ['GRAFANA_ADMIN_PASSWORD', false],
      ['JWT_SECRET_KEY', false],
      ['OPENAI_API_KEY', true],
      ['POSTGRES_PASSWORD', false],
      ['REDIS_PASSWORD', false],
    ]);
    expect(clusterNeeds([tarsModel()])[3]?.readers).toEqual(['tars/backend', 'tars/postgres']);
  });

  test.each([
    ['an existing Secret', { kind: 'existing', secretName: 'mine' }],
    [
      'an external one',
      { kind: 'external', storeName: 's', storeKind: 'SecretStore', remoteKey: 'k', refreshInterval: '1h' },
    ],
  ] as const)('are none for %s', (_, secrets) => {
    expect(clusterNeeds([tarsModel({ secrets })])).toEqual([]);
  });

  test('leave out keys of a Secret that somebody else made', () => {
    const env = { TOKEN: EnvValue.fromSecret('token', { secretName: 'theirs' }), OWN: EnvValue.fromSecret('OWN') };
    expect(clusterNeeds([aSystem({ services: [{ env }] })]).map(({ key }) => key)).toEqual(['OWN']);
  });
});

test('mergeNeeds: one reader that needs a value is enough, and one that puts it into a URL', () => {
  const merged = mergeNeeds([
    aNeed({ mayBeEmpty: true, readers: ['a'] }),
    aNeed({ inUrl: true, readers: ['b'] }),
    aNeed({ key: 'A', readers: ['a'] }),
  ]);
  expect(merged).toEqual([aNeed({ key: 'A', readers: ['a'] }), aNeed({ inUrl: true, readers: ['a', 'b'] })]);
});
