import type { ServiceProps } from '../../lib/model/service-props';
import { balancingFidelity } from '../../lib/rules/balancing-fidelity';
import { aSystem } from '../support/builders';

const API: ServiceProps = { name: 'api', ports: [{ name: 'http', port: 80 }] };

test.each<[string, ServiceProps['access'], string | undefined]>([
  ['nothing said', undefined, undefined],
  [
    'round-robin',
    { balancing: 'round-robin' },
    'a Service of Kubernetes draws a pod for each connection, not each in turn',
  ],
  ['random', { balancing: 'random' }, 'a Service of Kubernetes draws a pod for each connection, not for each request'],
  [
    'least-connections',
    { balancing: 'least-connections' },
    'a Service of Kubernetes draws a pod for each connection, and does not know who is busy',
  ],
  [
    'ip-hash',
    { balancing: 'ip-hash', kind: 'load-balancer' },
    'a Service of Kubernetes draws a pod for a client and remembers it for three hours, and hashes nothing',
  ],
  ['no address of its own', { balancing: 'random', kind: 'headless' }, undefined],
])('%s', (_, access, message) => {
  const issues = balancingFidelity.check(aSystem({ services: [{ ...API, ...(access && { access }) }] }));
  expect(issues.map((issue) => [issue.code, issue.severity, issue.message])).toEqual(
    message === undefined ? [] : [['TARS3007', 'notice', message]],
  );
});
