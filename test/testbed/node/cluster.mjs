// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { machineAddress } from '../machine/network.mjs';
import { nodeName } from './layout.mjs';
import { metricsPort } from './programs.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */

const pretendedCpus = '16';
const volumeCount = 24;

/**
 * What the cluster has before its node joins: a policy by which the node says that it has more
 * processors than the machine. Requests are met by pretence then; limits are as they are.
 *
 * @returns {object[]}
 */
export function policyObjects() {
  const name = 'testbed-node-capacity';
  const patch = ['capacity', 'allocatable']
    .map((field) => `JSONPatch{op: "replace", path: "/status/${field}/cpu", value: "${pretendedCpus}"}`)
    .join(', ');
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name },
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['nodes/status'] },
          ],
        },
        matchConditions: [
          { name: 'has-capacity', expression: 'has(object.status.capacity) && has(object.status.allocatable)' },
        ],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: `[${patch}]` } }],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name },
      spec: { policyName: name },
    },
  ];
}

/**
 * Volumes on the node, each a folder, for whoever claims one and says no class.
 *
 * @param {Machine} machine
 * @returns {object[]}
 */
export function volumeObjects({ directory }) {
  const names = Array.from({ length: volumeCount }, (_, index) => `volume-${index + 1}`);
  const volumes = names.map((name) => {
    const path = join(directory, 'volumes', name);
    mkdirSync(path, { recursive: true });
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '100Gi' },
        accessModes: ['ReadWriteOnce', 'ReadWriteMany'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: 'standard',
        local: { path }, // unlike hostPath, fsGroup is honoured there
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
            ],
          },
        },
      },
    };
  });
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  return [storageClass, ...volumes];
}

/**
 * The way to the metrics server, which runs beside the cluster.
 *
 * @param {Machine} machine
 * @returns {object[]}
 */
export function metricsObjects(machine) {
  const metadata = { name: 'metrics-server', namespace: 'kube-system' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ name: 'https', port: 443, targetPort: metricsPort }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'metrics-server' } },
      addressType: 'IPv4',
      ports: [{ name: 'https', port: metricsPort }],
      endpoints: [{ addresses: [machineAddress(machine)], conditions: { ready: true } }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      },
    },
  ];
}
