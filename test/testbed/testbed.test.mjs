// @ts-check
// Whether the control plane is a real one: node --test test/testbed/testbed.test.mjs
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { startControlPlane } from './control-plane.mjs';
import { versionOf } from './go.mjs';
import { partNamed } from './parts.mjs';
import { isRunning } from './process.mjs';
import { until } from './wait.mjs';

/** @typedef {import('./control-plane.mjs').ControlPlane} ControlPlane */

const namespace = 'testbed';

const restrictedContainer = {
  name: 'main',
  image: 'registry.example/app:1.0.0',
  securityContext: {
    runAsNonRoot: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
};

/** @param {string} name */
function podTemplate(name, container = /** @type {object} */ (restrictedContainer)) {
  return { metadata: { labels: { app: name } }, spec: { containers: [container] } };
}

/**
 * @param {string} apiVersion
 * @param {string} kind
 * @param {string} name
 * @param {object} [rest]
 */
function anObject(apiVersion, kind, name, rest = {}) {
  return { apiVersion, kind, metadata: { name, namespace }, ...rest };
}

/** @param {string} name */
function aDeployment(name, container = /** @type {object} */ (restrictedContainer)) {
  return anObject('apps/v1', 'Deployment', name, {
    spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: podTemplate(name, container) },
  });
}

/** @param {string} name */
function aStatefulSet(name) {
  return anObject('apps/v1', 'StatefulSet', name, {
    spec: {
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
  });
}

describe('the control plane', () => {
  /** @type {ControlPlane} */
  let controlPlane;

  /** @param {readonly object[]} objects */
  const apply = (...objects) =>
    controlPlane.kubectl(['apply', '--validate=strict', '-f', '-'], {
      input: objects.map((object) => JSON.stringify(object)).join('\n---\n'),
    });

  /** @param {readonly object[]} objects */
  const applied = async (...objects) => {
    const outcome = await apply(...objects);
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.equal(outcome.stderr, '');
  };

  /**
   * @param {readonly string[]} query what `kubectl get` is asked for, in the namespace
   * @returns {Promise<any[]>}
   */
  const found = async (...query) => {
    const args = ['get', '--ignore-not-found', '-n', namespace, '-o', 'json', ...query];
    const { code, stdout, stderr } = await controlPlane.kubectl(args);
    assert.equal(code, 0, stderr);
    const answer = stdout === '' ? { items: [] } : JSON.parse(stdout);
    return answer.items ?? [answer];
  };

  /** @param {readonly string[]} query */
  const statusOf = async (...query) => (await found(...query))[0]?.status;

  before(async () => {
    controlPlane = await startControlPlane();
    await applied({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
      },
    });
  });

  after(() => controlPlane?.stop());

  test(
    'says its version',
    { skip: process.env.KUBEBUILDER_ASSETS && 'KUBEBUILDER_ASSETS brings another' },
    async () => {
      const { stdout } = await controlPlane.kubectl(['version', '-o', 'json']);
      const { clientVersion, serverVersion } = JSON.parse(stdout);
      assert.equal(serverVersion.gitVersion, versionOf(partNamed('kubernetes')));
      assert.equal(`v${serverVersion.major}.${serverVersion.minor}`, serverVersion.gitVersion.replace(/\.\d+$/, ''));
      assert.equal(clientVersion.gitVersion, serverVersion.gitVersion);
    },
  );

  test('makes a ReplicaSet and Pods of a Deployment', async () => {
    await applied(aDeployment('web'));
    await until('a ReplicaSet', async () => (await found('replicasets', '-l', 'app=web')).length === 1);
    const pods = await until('two Pods', async () => {
      const items = await found('pods', '-l', 'app=web');
      return items.length === 2 && items;
    });
    assert.deepEqual(
      pods.map((pod) => pod.status.phase),
      ['Pending', 'Pending'],
    );
  });

  test('makes a claim and a Pod of a StatefulSet', async () => {
    await applied(aStatefulSet('store'));
    const claim = await until('a claim', async () => (await found('pvc', 'data-store-0'))[0]);
    assert.equal(claim.spec.resources.requests.storage, '1Gi');
    await until('a Pod', async () => (await found('pod', 'store-0'))[0]);
  });

  test('refuses a field that it does not know', async () => {
    const { code, stderr } = await apply(aDeployment('typo', { ...restrictedContainer, imagePullPolice: 'Always' }));
    assert.equal(code, 1);
    assert.match(stderr, /unknown field "spec\.template\.spec\.containers\[0\]\.imagePullPolice"/);
  });

  test('enforces Pod Security: warns of a template, refuses a Pod', async () => {
    const { securityContext, ...container } = restrictedContainer;
    assert.ok(securityContext);
    const warned = await apply(aDeployment('careless', container));
    assert.equal(warned.code, 0);
    assert.match(warned.stderr, /Warning: would violate PodSecurity "restricted:latest"/);
    const refused = await apply(anObject('v1', 'Pod', 'careless', { spec: { containers: [container] } }));
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is forbidden: violates PodSecurity "restricted:latest"/);
  });

  test('runs the controllers of Jobs, budgets, quotas and autoscalers', async () => {
    // what is made while a quota is, it may count minutes later only
    await applied(anObject('v1', 'ResourceQuota', 'all', { spec: { hard: { pods: '50', 'requests.cpu': '20' } } }));
    await until('the quota counts three Pods', async () => (await statusOf('quota', 'all'))?.used?.pods === '3');
    await applied(
      anObject('batch/v1', 'Job', 'once', {
        spec: { template: { spec: { restartPolicy: 'Never', containers: [restrictedContainer] } } },
      }),
      anObject('policy/v1', 'PodDisruptionBudget', 'web', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      }),
      anObject('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          minReplicas: 2,
          maxReplicas: 4,
          metrics: [
            { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
          ],
        },
      }),
    );
    await until('a Pod of the Job', async () => (await found('pods', '-l', 'job-name=once')).length === 1);
    await until('the budget counts its Pods', async () => (await statusOf('pdb', 'web'))?.expectedPods === 2);
    await until('the quota counts that, too', async () => (await statusOf('quota', 'all'))?.used?.pods === '4');
    // nobody measures anything here, and the autoscaler says so
    await until('the autoscaler has looked', async () =>
      (await statusOf('hpa', 'web'))?.conditions?.some((/** @type {any} */ { type, status, reason }) => {
        return type === 'ScalingActive' && status === 'False' && reason === 'FailedGetResourceMetric';
      }),
    );
  });

  test('aggregates ClusterRoles, and RBAC judges by them', async () => {
    const user = `system:serviceaccount:${namespace}:default`;
    await applied(
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'view-secrets', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
      },
      anObject('rbac.authorization.k8s.io/v1', 'RoleBinding', 'viewer', {
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
      }),
    );
    /** @param {readonly string[]} question */
    const may = async (...question) =>
      (await controlPlane.kubectl(['auth', 'can-i', '-n', namespace, '--as', user, ...question])).stdout.trim();
    await until('the role is aggregated', async () => (await may('get', 'secrets')) === 'yes');
    assert.equal(await may('delete', 'secrets'), 'no');
  });

  test('collects what a deleted owner leaves', async () => {
    const { code, stderr } = await controlPlane.kubectl(['delete', 'deployment', 'web', '-n', namespace]);
    assert.equal(code, 0, stderr);
    await until('its ReplicaSet and Pods are gone', async () => {
      return (await found('replicasets,pods', '-l', 'app=web')).length === 0;
    });
  });

  test('deletes a namespace with all that is in it', async () => {
    const { code, stderr } = await controlPlane.kubectl(['delete', 'namespace', namespace, '--timeout=300s']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await found('namespace', namespace), []);
  });

  test('stops without a trace', async () => {
    assert.equal(controlPlane.processes.length, 3);
    assert.ok(controlPlane.processes.every((started) => isRunning(started)));
    await controlPlane.stop();
    assert.deepEqual(
      controlPlane.processes.filter((started) => isRunning(started)),
      [],
    );
    assert.equal(existsSync(controlPlane.directory), false);
    await controlPlane.stop();
  });
});
