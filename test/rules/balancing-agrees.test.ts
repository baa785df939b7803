import type { ReplicaBalancing } from '../../lib/model/balancing';
import { balancingAgrees } from '../../lib/rules/balancing-agrees';
import { anExposure, aRoute, aSystem } from '../support/builders';

type Said = ReplicaBalancing | undefined;

test.each<[string, Said, Said, Said, string[]]>([
  ['nothing said', undefined, undefined, undefined, []],
  ['the service alone', 'random', undefined, undefined, []],
  ['one exposure alone', undefined, 'random', undefined, []],
  ['all the same', 'random', 'random', 'random', []],
  ['the service and an exposure differ', 'random', 'ip-hash', undefined, ['tars/a.balancing']],
  ['two exposures differ', undefined, 'ip-hash', 'random', ['tars/b.balancing']],
  ['each differs from the service', 'random', 'ip-hash', 'round-robin', ['tars/a.balancing', 'tars/b.balancing']],
])('%s', (_, service, a, b, paths) => {
  const system = aSystem({
    services: [
      { name: 'web', ports: [{ name: 'http', port: 80 }], ...(service && { access: { balancing: service } }) },
    ],
    exposures: [
      anExposure({ path: 'tars/a', balancing: a }),
      anExposure({ path: 'tars/b', balancing: b, routes: [aRoute({ host: 'b.local' }), aRoute({ path: '/b' })] }),
    ],
  });
  expect(balancingAgrees.check(system).map(({ code, path }) => [code, path])).toEqual(
    paths.map((path) => ['TARS2012', path]),
  );
});
