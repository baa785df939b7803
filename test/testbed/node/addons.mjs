// @ts-check
import { machineAddress } from '../machine/network.mjs';
import { dnsAddress } from './layout.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */

/** Images of one program each, made of what the testbed built. */
export const programImages = {
  coredns: 'tars-testbed/coredns:local',
  traefik: 'tars-testbed/traefik:local',
};

const gatewayApi = 'gateway.networking.k8s.io';
const gatewayResources = [
  ...['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'tcproutes', 'tlsroutes'],
  ...['referencegrants', 'backendtlspolicies', 'listenersets'],
];

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
  readOnlyRootFilesystem: true,
};

/**
 * As everywhere, what all others need asks for its share of the processors. Without one it would get
 * almost nothing while a pod starts, since the pods may use more than the two or so that there are.
 */
const share = { requests: { cpu: '1', memory: '128Mi' } };

/** @returns {object[]} DNS, labelled as everywhere */
export function dnsObjects() {
  const metadata = { name: 'coredns', namespace: 'kube-system' };
  const labels = { 'k8s-app': 'kube-dns' };
  const corefile = `.:53 {
  errors
  health
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods insecure
    fallthrough in-addr.arpa ip6.arpa
    ttl 5
  }
  prometheus :9153
  cache 5
  reload
  loadbalance
}
`;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...clusterRole('system:coredns', metadata, [
      { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    ]),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    deployment(
      metadata,
      labels,
      {
        image: programImages.coredns,
        args: ['-conf', '/etc/coredns/Corefile'],
        ports: [
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
          { name: 'dns-tcp', containerPort: 53 },
        ],
        readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
      },
      [{ name: 'config', configMap: { name: 'coredns' } }],
    ),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system', labels },
      spec: {
        clusterIP: dnsAddress,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
}

/**
 * The controller of Ingresses and Gateways: Traefik, in the namespace and for the class of ingress-nginx,
 * of which it understands the annotations. Gateways are of the class `traefik`. Its ports are those of
 * the node.
 *
 * @param {Machine} machine
 * @returns {object[]}
 */
export function ingressObjects(machine) {
  const namespace = 'ingress-nginx';
  const metadata = { name: 'traefik', namespace };
  const labels = { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
    {
      apiVersion: `${gatewayApi}/v1`,
      kind: 'GatewayClass',
      metadata: { name: 'traefik' },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...clusterRole('testbed:traefik', metadata, [
      {
        apiGroups: [''],
        resources: ['services', 'secrets', 'nodes', 'namespaces', 'configmaps', 'endpoints', 'pods'],
        verbs: ['get', 'list', 'watch'],
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingressclasses'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
      { apiGroups: [gatewayApi], resources: gatewayResources, verbs: ['get', 'list', 'watch'] },
      {
        apiGroups: [gatewayApi],
        resources: gatewayResources.map((resource) => `${resource}/status`),
        verbs: ['update', 'patch'],
      },
    ]),
    deployment(
      metadata,
      labels,
      {
        image: programImages.traefik,
        args: [
          '--entrypoints.web.address=:80',
          '--entrypoints.websecure.address=:443',
          '--ping',
          '--log.level=INFO',
          '--accesslog',
          '--global.checknewversion=false',
          '--global.sendanonymoususage=false',
          '--providers.kubernetesingressnginx',
          `--providers.kubernetesingressnginx.publishstatusaddress=${machineAddress(machine)}`,
          '--providers.kubernetesgateway',
          `--providers.kubernetesgateway.statusaddress.ip=${machineAddress(machine)}`,
        ],
        ports: [
          { name: 'web', containerPort: 80, hostPort: 80 },
          { name: 'websecure', containerPort: 443, hostPort: 443 },
        ],
        readinessProbe: { httpGet: { path: '/ping', port: 8080 }, periodSeconds: 1 },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
      [{ name: 'tmp', emptyDir: {} }],
    ),
  ];
}

/**
 * @param {string} name
 * @param {{ name: string, namespace: string }} serviceAccount
 * @param {readonly object[]} rules
 * @returns {object[]} the role, bound
 */
function clusterRole(name, serviceAccount, rules) {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind: 'ClusterRole', metadata: { name }, rules },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', ...serviceAccount }],
    },
  ];
}

/**
 * @param {{ name: string, namespace: string }} metadata
 * @param {Readonly<Record<string, string>>} labels
 * @param {object} container
 * @param {readonly object[]} volumes
 * @returns {object}
 */
function deployment(metadata, labels, container, volumes) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadata, labels },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' }, // the node's ports are there once
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: metadata.name,
          dnsPolicy: 'Default',
          containers: [
            {
              name: metadata.name,
              imagePullPolicy: 'Never',
              securityContext: restricted,
              resources: share,
              ...container,
            },
          ],
          volumes,
        },
      },
    },
  };
}
