import { App } from 'cdk8s';
import type { IssueCode, TarsChartProps } from 'cdk8s-tars';
import { subjectOf, TarsChart } from 'cdk8s-tars';
import type { EmittedSet, Json, JsonObject } from '../../../lib/verify/emitted';
import { compareReleases } from '../../../lib/verify/upgrade/compare-releases';
import type { Steps } from '../mutations/edit';
import { addObject, editObject, setCompose, setField, valueAt } from '../mutations/edit';

function release(props: TarsChartProps = {}): EmittedSet {
  const app = new App();
  new TarsChart(app, 'tars', props);
  return subjectOf(app).emitted;
}

const before = release();
const plain = (object: JsonObject): EmittedSet => addObject(before, object);

/** What a finding has to be: severity, code and path. */
const said = (from: EmittedSet, to: EmittedSet): string[] =>
  compareReleases(from, to).findings.map(({ severity, code, path }) => `${severity} ${code} ${path}`);

test('the same release twice: nothing differs', () => {
  expect(compareReleases(before, release())).toMatchObject({
    verdict: 'same',
    objects: [],
    compose: [],
    findings: [],
  });
});

interface Row {
  readonly name: string;
  readonly from?: EmittedSet;
  readonly to: EmittedSet;
  readonly finding: `${'error' | 'warning' | 'notice'} ${IssueCode} ${string}`;
  /** Words of one of the steps. */
  readonly step?: string;
}

const set = (object: string, steps: Steps, value: Json | undefined): EmittedSet =>
  setField(before, object, steps, value);
const without = (object: string): EmittedSet => editObject(before, object, () => undefined);
const renamed = (object: string, name: string): EmittedSet => setField(before, object, ['metadata', 'name'], name);
const backend = 'Deployment/tars-backend';
const postgres = 'StatefulSet/tars-postgres';
const container = ['spec', 'template', 'spec', 'containers', 0];
const claim = ['spec', 'volumeClaimTemplates', 0];
const size = ['spec', 'resources', 'requests', 'storage'];

const ROWS: readonly Row[] = [
  // Refused.
  {
    name: "a Deployment's selector",
    to: set(backend, ['spec', 'selector', 'matchLabels', 'tier'], 'api'),
    finding: 'error TARS6601 Deployment/tars-backend.spec.selector',
    step: 'delete deployment tars-backend --cascade=orphan',
  },
  {
    name: "a StatefulSet's claim grows",
    to: set(postgres, [...claim, ...size], '20Gi'),
    finding: 'error TARS6601 StatefulSet/tars-postgres.spec.volumeClaimTemplates',
    step: 'patch pvc data-tars-postgres-0',
  },
  {
    name: "a StatefulSet's claim gets a class",
    to: set(postgres, [...claim, 'spec', 'storageClassName'], 'fast'),
    finding: 'error TARS6601 StatefulSet/tars-postgres.spec.volumeClaimTemplates',
  },
  {
    name: "a StatefulSet's Service",
    to: set(postgres, ['spec', 'serviceName'], 'tars-postgres'),
    finding: 'error TARS6601 StatefulSet/tars-postgres.spec.serviceName',
    step: 'rollout restart statefulset/tars-postgres',
  },
  {
    name: 'the order in which a StatefulSet starts its pods',
    to: set(postgres, ['spec', 'podManagementPolicy'], 'Parallel'),
    finding: 'error TARS6601 StatefulSet/tars-postgres.spec.podManagementPolicy',
  },
  {
    name: "a claim's access mode",
    to: set('PersistentVolumeClaim/tars-data-pvc', ['spec', 'accessModes'], ['ReadWriteMany']),
    finding: 'error TARS6601 PersistentVolumeClaim/tars-data-pvc.spec.accessModes',
  },
  {
    name: "a claim's class",
    to: set('PersistentVolumeClaim/tars-data-pvc', ['spec', 'storageClassName'], 'nfs'),
    finding: 'error TARS6601 PersistentVolumeClaim/tars-data-pvc.spec.storageClassName',
  },
  {
    name: 'a claim shrinks',
    to: set('PersistentVolumeClaim/tars-data-pvc', size, '5Gi'),
    finding: 'error TARS6601 PersistentVolumeClaim/tars-data-pvc.spec.resources.requests.storage',
  },
  {
    name: 'a Service becomes headless',
    to: set('Service/tars-frontend', ['spec', 'clusterIP'], 'None'),
    finding: 'error TARS6601 Service/tars-frontend.spec.clusterIP',
    step: 'delete service tars-frontend',
  },
  {
    name: 'a Secret that is immutable',
    from: plain(aSecret('b25l')),
    to: plain(aSecret('dHdv')),
    finding: 'error TARS6601 Secret/tars-secrets.data',
    step: 'rollout restart deployment/tars-backend',
  },
  {
    name: 'a RoleBinding for another role',
    from: plain(aBinding('view')),
    to: plain(aBinding('edit')),
    finding: 'error TARS6601 RoleBinding/readers.roleRef',
  },
  // Taken, but not quite.
  {
    name: 'a claim grows',
    to: set('PersistentVolumeClaim/tars-data-pvc', size, '20Gi'),
    finding: 'notice TARS6602 PersistentVolumeClaim/tars-data-pvc.spec.resources.requests.storage',
  },
  {
    name: 'a Service stays headless',
    to: set('Service/tars-backend-headless', ['spec', 'clusterIP'], undefined),
    finding: 'warning TARS6613 Service/tars-backend-headless.spec.clusterIP',
  },
  // Data.
  {
    name: 'a StatefulSet gets another name',
    to: renamed(postgres, 'tars-db'),
    finding: 'error TARS6603 StatefulSet/tars-postgres.spec.volumeClaimTemplates[0]',
    step: 'cp -a',
  },
  {
    name: 'a StatefulSet is gone',
    to: without('StatefulSet/tars-redis'),
    finding: 'error TARS6603 StatefulSet/tars-redis.spec.volumeClaimTemplates[0]',
    step: 'get pvc data-tars-redis-0',
  },
  {
    name: 'a claim gets another name',
    to: renamed('PersistentVolumeClaim/tars-data-pvc', 'tars-files-pvc'),
    finding: 'error TARS6603 PersistentVolumeClaim/tars-data-pvc',
  },
  {
    name: 'a claim is mounted elsewhere',
    to: set(postgres, [...container, 'volumeMounts', 'name=data', 'mountPath'], '/var/lib/pg'),
    finding: 'warning TARS6603 StatefulSet/tars-postgres.spec.template.spec.containers[0].volumeMounts[0].mountPath',
  },
  {
    name: 'a database looks into another directory',
    to: set(postgres, [...container, 'env', 'name=PGDATA', 'value'], '/var/lib/postgresql/data/15'),
    finding: 'error TARS6603 StatefulSet/tars-postgres.spec.template.spec.containers[0].env[1].value',
  },
  {
    name: 'another major version of PostgreSQL',
    to: set(postgres, [...container, 'image'], 'postgres:16.4'),
    finding: 'error TARS6604 StatefulSet/tars-postgres.spec.template.spec.containers[0].image',
    step: 'pg_dumpall',
  },
  {
    name: 'an older image',
    from: set(backend, [...container, 'image'], 'tars-backend:0.10.0'),
    to: set(backend, [...container, 'image'], 'tars-backend:0.9.0'),
    finding: 'warning TARS6605 Deployment/tars-backend.spec.template.spec.containers[0].image',
  },
  // Replicas.
  {
    name: 'autoscaling is turned on (D6)',
    from: release({ autoscaling: false }),
    to: before,
    finding: 'warning TARS6606 Deployment/tars-backend.spec.replicas',
    step: 'apply set-last-applied',
  },
  {
    name: 'autoscaling is turned off',
    to: release({ autoscaling: false }),
    finding: 'warning TARS6606 Deployment/tars-backend.spec.replicas',
    step: 'delete horizontalpodautoscaler tars-backend',
  },
  {
    name: 'the autoscaler may go lower',
    to: set('HorizontalPodAutoscaler/tars-backend', ['spec', 'minReplicas'], 1),
    finding: 'notice TARS6606 HorizontalPodAutoscaler/tars-backend.spec.minReplicas',
  },
  {
    name: 'nothing of it runs',
    to: set('Deployment/tars-frontend', ['spec', 'replicas'], 0),
    finding: 'warning TARS6606 Deployment/tars-frontend.spec.replicas',
  },
  // Restarts.
  {
    name: 'another image',
    to: set(backend, [...container, 'image'], 'tars-backend:0.2.0'),
    finding: 'notice TARS6607 Deployment/tars-backend.spec.template',
  },
  {
    name: 'a ConfigMap whose readers have no checksum',
    to: set('ConfigMap/tars-config', ['data', 'LOG_FORMAT'], 'text'),
    finding: 'warning TARS6608 ConfigMap/tars-config',
    step: 'rollout restart deployment/tars-backend',
  },
  // Who may connect to whom.
  {
    name: 'the load balancer is no longer for everybody',
    to: release({ allowedCidrs: ['198.51.100.0/24'] }),
    finding: 'notice TARS6611 Deployment/tars-backend',
  },
  {
    name: 'a policy that lets everybody in',
    to: plain({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'open', namespace: 'tars' },
      spec: { podSelector: { matchLabels: { component: 'redis' } }, ingress: [{}], policyTypes: ['Ingress'] },
    }),
    finding: 'notice TARS6611 StatefulSet/tars-redis',
  },
  // Leftovers.
  {
    name: 'a policy is no longer made',
    to: without('NetworkPolicy/tars-adminer'),
    finding: 'warning TARS6609 NetworkPolicy/tars-adminer',
    step: 'kubectl -n tars delete networkpolicy tars-adminer',
  },
  {
    name: 'the namespace is no longer made',
    to: without('Namespace/tars'),
    finding: 'notice TARS6609 Namespace/tars',
  },
  // Compose.
  {
    name: 'a compose service is gone',
    to: setCompose(before, ['services', 'adminer'], undefined),
    finding: 'warning TARS6610 compose/docker-compose.yml services.adminer',
    step: '--remove-orphans',
  },
  {
    name: 'another project',
    to: setCompose(before, ['name'], 'other'),
    finding: 'error TARS6603 compose/docker-compose.yml name',
  },
  {
    name: 'a compose volume gets another name',
    to: setCompose(before, ['services', 'postgres', 'volumes', 'target=/var/lib/postgresql/data', 'source'], 'db'),
    finding: 'error TARS6603 compose/docker-compose.yml services.postgres.volumes',
    step: '-v tars_db:/to',
  },
  {
    name: 'another major version of PostgreSQL on Compose',
    to: setCompose(before, ['services', 'postgres', 'image'], 'postgres:14.2'),
    finding: 'error TARS6604 compose/docker-compose.yml services.postgres.image',
  },
  {
    name: 'a port for all',
    to: setCompose(before, ['services', 'adminer', 'ports', 0, 'host_ip'], '0.0.0.0'),
    finding: 'warning TARS6611 compose/docker-compose.yml services.adminer.ports[0].host_ip',
  },
  {
    name: 'a variable that has to have a value',
    to: setCompose(before, ['services', 'adminer', 'environment', 'TOKEN'], '${ADMIN_TOKEN:?set it}'),
    finding: 'warning TARS6612 compose/docker-compose.yml',
  },
  {
    name: "another configuration of Compose's gateway",
    to: release({ webHost: 'example.org' }),
    finding: 'warning TARS6608 compose/docker-compose.yml',
    step: '--force-recreate --no-deps gateway',
  },
  {
    name: 'a compose service changes',
    to: setCompose(before, ['services', 'adminer', 'user'], '1001:1001'),
    finding: 'notice TARS6607 compose/docker-compose.yml services.adminer',
  },
];

function aSecret(value: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'tars-secrets', namespace: 'tars' },
    type: 'Opaque',
    immutable: true,
    data: { POSTGRES_PASSWORD: value },
  };
}

function aBinding(role: string): JsonObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'readers', namespace: 'tars' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [],
  };
}

describe('an upgrade', () => {
  test.each(ROWS)('$name', ({ from = before, to, finding, step }) => {
    const upgrade = compareReleases(from, to);
    expect(said(from, to)).toContain(finding);
    expect(upgrade.verdict).toBe(said(from, to).every((one) => one.startsWith('notice')) ? 'in-place' : 'needs-hands');
    const found = upgrade.findings.find((one) => finding === `${one.severity} ${one.code} ${one.path}`);
    expect(found?.remedy).not.toBe('');
    expect(found?.steps.join('\n') ?? '').toContain(step ?? '');
  });

  test('backwards, too: every pair the other way round differs as well', () => {
    for (const { from = before, to } of ROWS) expect(compareReleases(to, from).verdict).not.toBe('same');
  });

  test('of a restart it names the causes: fields, and what stands behind a checksum', () => {
    const checksum = ['spec', 'template', 'metadata', 'annotations', 'checksum/config'];
    const image = setField(before, backend, [...container, 'image'], 'tars-backend:0.2.0');
    const config = setField(image, 'ConfigMap/tars-config', ['data', 'LOG_FORMAT'], 'text');
    const after = setField(config, backend, checksum, 'another');
    const restart = compareReleases(before, after).findings.find(({ code }) => code === 'TARS6607');
    expect(restart?.given).toBe('containers[backend].image, ConfigMap/tars-config changes (LOG_FORMAT)');
  });

  test('of a network path it names both ends and the port', () => {
    const closed = compareReleases(before, release({ allowedCidrs: ['198.51.100.0/24'] })).findings;
    expect(closed.filter(({ code }) => code === 'TARS6611').map(({ message, given }) => [message, given])).toEqual([
      [
        'the network closes for it',
        'from pods of other namespaces: 8000, 8001; from pods in kube-system: 8000, 8001; from outside: 8000, 8001',
      ],
    ]);
    const opened = compareReleases(release({ allowedCidrs: ['198.51.100.0/24'] }), before).findings;
    expect(opened.find(({ code }) => code === 'TARS6611')?.given).toContain('from outside: 8000, 8001');
  });

  test('an upgrade without a trap needs no hands', () => {
    const after = release({ images: { tag: '0.2.0' } });
    const { verdict, objects } = compareReleases(before, after);
    expect(verdict).toBe('in-place');
    expect(objects.length).toBeGreaterThan(3);
  });

  test('the version of the server decides', () => {
    const history = (version: string): EmittedSet => ({
      ...setField(before, postgres, ['spec', 'revisionHistoryLimit'], 3),
      kubernetesVersion: version,
    });
    const refusal = 'error TARS6601 StatefulSet/tars-postgres.spec.revisionHistoryLimit';
    expect(said(before, history('1.32'))).toContain(refusal);
    expect(said(before, history('1.33'))).not.toContain(refusal);
  });

  test('the rows change what they say they change', () => {
    expect(valueAt(before.manifests[0]?.object, ['kind'])).toBe('Namespace');
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
  });
});
