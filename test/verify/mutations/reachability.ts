import type { Json, JsonObject } from '../../../lib/verify/emitted';
import { addObject, editObject, setCompose, setField } from './edit';
import type { Mutation } from './mutation';

const POLICY = (name: string): string => `NetworkPolicy/tars-${name}`;
const pods = (component: string): JsonObject => ({ podSelector: { matchLabels: { app: 'tars', component } } });
const ANY_V4 = { ipBlock: { cidr: '0.0.0.0/0' } };

/** A policy that somebody adds beside ours, for the backend's pods. */
const added = (spec: JsonObject): JsonObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'added', namespace: 'tars' },
  spec: { podSelector: { matchLabels: { app: 'tars', component: 'postgres' } }, ...spec },
});

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the DNS rule of the backend is taken out',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('backend-egress'), ['spec', 'egress', 0], undefined),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-backend-egress.spec.egress',
  },
  {
    name: 'DNS is allowed by UDP alone',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('grafana-egress'), ['spec', 'egress', 0, 'ports', 1], undefined),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-grafana-egress.spec.egress',
  },
  {
    name: 'the DNS pods are looked for under another label',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, POLICY('frontend-egress'), ['spec', 'egress', 0, 'to', 0, 'podSelector', 'matchLabels'], {
        'k8s-app': 'coredns',
      }),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-frontend-egress.spec.egress',
  },
  {
    name: 'the port of the database in its own policy',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('postgres'), ['spec', 'ingress', 0, 'ports', 0, 'port'], 5433),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-postgres.spec.ingress',
  },
  {
    name: 'the port of the database in the policy of its client',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('adminer-egress'), ['spec', 'egress', 1, 'ports', 0, 'port'], 3306),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-adminer-egress.spec.egress',
  },
  {
    name: 'a protocol that nobody speaks there',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('redis'), ['spec', 'ingress', 0, 'ports', 0, 'protocol'], 'UDP'),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-redis.spec.ingress',
  },
  {
    name: 'a client is taken out of the rule of its server',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('postgres'), ['spec', 'ingress', 0, 'from', 1], undefined),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-postgres.spec.ingress',
  },
  {
    name: 'the ingress controller lives in another namespace',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, POLICY('frontend'), ['spec', 'ingress', 0, 'from', 0, 'namespaceSelector', 'matchLabels'], {
        'kubernetes.io/metadata.name': 'traefik',
      }),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-frontend.spec.ingress',
  },
  {
    name: 'private addresses are the internet as well',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, POLICY('backend-egress'), ['spec', 'egress', 4, 'to', 0, 'ipBlock', 'except', 0], undefined),
    code: 'TARS6302',
    path: 'NetworkPolicy/tars-backend-egress.spec.egress[4]',
  },
  {
    name: 'the internet at every port',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('backend-egress'), ['spec', 'egress', 4, 'ports'], undefined),
    code: 'TARS6302',
    path: 'NetworkPolicy/tars-backend-egress.spec.egress[4]',
  },
  {
    name: 'a range of ports instead of one',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('backend'), ['spec', 'ingress', 2, 'ports', 0, 'endPort'], 9000),
    code: 'TARS6302',
    path: 'NetworkPolicy/tars-backend.spec.ingress[2]',
  },
  {
    name: 'the port of the load balancer is closed',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, POLICY('backend'), ['spec', 'ingress', 4, 'from'], [{ ipBlock: { cidr: '10.0.0.0/8' } }]),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-backend.spec.ingress',
  },
  {
    name: 'a rule for the database without "from"',
    proof: 'reachability',
    mutate: (set) => setField(set, POLICY('postgres'), ['spec', 'ingress', 0, 'from'], undefined),
    code: 'TARS6302',
    path: 'NetworkPolicy/tars-postgres.spec.ingress[0]',
  },
  {
    name: 'a policy that lets every pod of the namespace into the database',
    proof: 'reachability',
    mutate: (set) => addObject(set, added({ ingress: [{ from: [{ podSelector: {} }] }] })),
    code: 'TARS6302',
    path: 'NetworkPolicy/added.spec.ingress[0]',
  },
  {
    name: 'a policy that lets namespaces with a label into the database',
    proof: 'reachability',
    mutate: (set) =>
      addObject(set, added({ ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'data' } } }] }] })),
    code: 'TARS6302',
    path: 'NetworkPolicy/added.spec.ingress[0]',
  },
  {
    name: 'a policy that lets pods with our labels into the database, from any namespace',
    proof: 'reachability',
    mutate: (set) =>
      addObject(
        set,
        added({ ingress: [{ from: [{ ...pods('backend'), namespaceSelector: {} }], ports: [{ port: 5432 }] }] }),
      ),
    code: 'TARS6302',
    path: 'NetworkPolicy/added.spec.ingress[0]',
  },
  {
    name: 'a policy that lets the world into the database',
    proof: 'reachability',
    mutate: (set) => addObject(set, added({ ingress: [{ from: [ANY_V4], ports: [{ port: 5432 }] }] })),
    code: 'TARS6302',
    path: 'NetworkPolicy/added.spec.ingress[0]',
  },
  {
    name: 'a component that connects to another without a link',
    proof: 'reachability',
    mutate: (set) => {
      const opened = setField(set, POLICY('redis'), ['spec', 'ingress', 0, 'from', 2], pods('adminer'));
      return setField(opened, POLICY('adminer-egress'), ['spec', 'egress', 2], {
        to: [pods('redis')],
        ports: [{ port: 6379 }],
      });
    },
    code: 'TARS6302',
    path: 'NetworkPolicy/tars-redis.spec.ingress[0]',
  },
  {
    name: 'pods lose the label that every policy selects',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, 'StatefulSet/tars-postgres', ['spec', 'template', 'metadata', 'labels', 'app'], 'postgres'),
    code: 'TARS6303',
    path: 'StatefulSet/tars-postgres.spec.template.metadata.labels',
  },
  {
    name: 'the policies of a component no longer speak of what it opens',
    proof: 'reachability',
    mutate: (set) =>
      editObject(
        setField(set, POLICY('default-deny'), ['spec', 'policyTypes'], ['Ingress']),
        POLICY('ollama-egress'),
        () => undefined,
      ),
    code: 'TARS6303',
    path: 'StatefulSet/tars-ollama.spec.template.metadata.labels',
  },
  {
    name: 'a policy selects pods that there are not',
    proof: 'reachability',
    mutate: (set) =>
      setField(set, POLICY('prometheus-egress'), ['spec', 'podSelector', 'matchLabels', 'component'], 'promethues'),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-default-deny.spec.egress',
  },
  {
    name: 'the policy of a component is deleted',
    proof: 'reachability',
    mutate: (set) => editObject(set, POLICY('ollama'), () => undefined),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-default-deny.spec.ingress',
  },
  {
    name: 'a Service selects the pods of another component',
    proof: 'reachability',
    mutate: (set) => setField(set, 'Service/tars-redis', ['spec', 'selector', 'component'], 'postgres'),
    code: 'TARS6304',
    path: 'Service/tars-redis.spec.selector',
  },
  {
    name: 'a targetPort that no container has',
    proof: 'reachability',
    mutate: (set) => setField(set, 'Service/tars-postgres', ['spec', 'ports', 0, 'targetPort'], 'psql'),
    code: 'TARS6304',
    path: 'Service/tars-postgres.spec.ports',
  },
  {
    name: 'the container listens on another port than the policies know',
    proof: 'reachability',
    mutate: (set) =>
      setField(
        set,
        'StatefulSet/tars-prometheus',
        ['spec', 'template', 'spec', 'containers', 0, 'ports', 0, 'containerPort'],
        9091,
      ),
    code: 'TARS6301',
    path: 'NetworkPolicy/tars-prometheus.spec.ingress',
  },
  {
    name: 'a network of Compose is left',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['services', 'postgres', 'networks'], ['adminer_postgres', 'postgres-published']),
    code: 'TARS6305',
    path: 'compose/docker-compose.yml services.backend.networks',
  },
  {
    name: 'the internet network of the backend is internal',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['networks', 'backend-internet', 'internal'], true),
    code: 'TARS6305',
    path: 'compose/docker-compose.yml services.backend.networks',
  },
  {
    name: 'a service joins the network of others',
    proof: 'reachability',
    mutate: (set) =>
      setCompose(set, ['services', 'adminer', 'networks'], ['adminer-published', 'adminer_postgres', 'backend_cache']),
    code: 'TARS6306',
    path: 'compose/docker-compose.yml networks.backend_cache',
  },
  {
    name: 'every service on the default network',
    proof: 'reachability',
    mutate: (set) =>
      setCompose(
        setCompose(set, ['services', 'grafana', 'networks'], undefined),
        ['services', 'ollama', 'networks'],
        undefined,
      ),
    code: 'TARS6306',
    path: 'compose/docker-compose.yml networks.default',
  },
  {
    name: 'the network of the database leads to the internet',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['networks', 'backend_postgres', 'internal'], undefined),
    code: 'TARS6306',
    path: 'compose/docker-compose.yml services.postgres.networks',
  },
  {
    name: 'the database is published to everybody',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['services', 'postgres', 'ports', 0, 'host_ip'], '0.0.0.0'),
    code: 'TARS6307',
    path: 'compose/docker-compose.yml services.postgres.ports[0]',
  },
  {
    name: 'a port is published that the model does not publish, in the short form',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['services', 'backend', 'ports'], ['9000:8000'] satisfies Json),
    code: 'TARS6307',
    path: 'compose/docker-compose.yml services.backend.ports[0]',
  },
  {
    name: 'a published port that all-internal networks hide',
    proof: 'reachability',
    mutate: (set) => setCompose(set, ['services', 'cache', 'networks'], ['backend_cache']),
    code: 'TARS6307',
    path: 'compose/docker-compose.yml services.cache.ports',
  },
];
