// Sound objects of the kinds that our output has no example of: what random changes start from.

const metadata = (name, more = {}) => ({ name, namespace: 'tars', ...more });
const LABELS = { app: 'x' };
const container = {
  name: 'main',
  image: 'registry.example.org/x:1.0',
  resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '64Mi' } },
};
const template = { metadata: { labels: LABELS }, spec: { containers: [container] } };

export const OBJECTS = [
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata('cron'),
    spec: {
      schedule: '*/5 * * * *',
      timeZone: 'Europe/Berlin',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 1,
      jobTemplate: {
        spec: { backoffLimit: 2, template: { spec: { restartPolicy: 'Never', containers: [container] } } },
      },
    },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata('job'),
    spec: {
      completions: 3,
      parallelism: 2,
      completionMode: 'Indexed',
      ttlSecondsAfterFinished: 60,
      podFailurePolicy: {
        rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata('daemon'),
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: {
        ...template,
        spec: {
          ...template.spec,
          tolerations: [{ operator: 'Exists', effect: 'NoExecute', key: 'a', tolerationSeconds: 5 }],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
        },
      },
    },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('budget'),
    spec: { maxUnavailable: 1, selector: { matchLabels: LABELS }, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('secret'),
    type: 'Opaque',
    data: { a: 'eA==' },
    stringData: { b: 'y' },
    immutable: true,
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata('tls'),
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': '', 'tls.key': '' },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata('config'),
    data: { 'a.b': 'x' },
    binaryData: { c: 'eA==' },
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata('role'),
    rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'], resourceNames: ['x'] }],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata('binding'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' },
    subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'tars' }],
  },
  {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: 'priority' },
    value: 1000,
    preemptionPolicy: 'Never',
  },
  {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'class' },
    provisioner: 'example.org/x',
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('hpa'),
    spec: {
      minReplicas: 2,
      maxReplicas: 5,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' },
      metrics: [
        { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } } },
        {
          type: 'Object',
          object: {
            describedObject: { apiVersion: 'v1', kind: 'Service', name: 'x' },
            metric: { name: 'r' },
            target: { type: 'Value', value: '1' },
          },
        },
        {
          type: 'External',
          external: {
            metric: { name: 'q', selector: { matchLabels: { a: 'b' } } },
            target: { type: 'AverageValue', averageValue: '1' },
          },
        },
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: 'main',
            target: { type: 'Utilization', averageUtilization: 50 },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'nginx' },
    spec: { controller: 'example.org/x' },
  },
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'space', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata('pod', { labels: LABELS }),
    spec: {
      serviceAccountName: 'pod',
      priority: 0,
      restartPolicy: 'Never',
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['10.0.0.1'], searches: ['example.org'], options: [{ name: 'ndots', value: '2' }] },
      hostAliases: [{ ip: '10.0.0.2', hostnames: ['db'] }],
      hostname: 'a',
      subdomain: 'b',
      imagePullSecrets: [{ name: 'pull' }],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: LABELS },
        },
      ],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 5, preference: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['5'] }] } },
          ],
        },
      },
      securityContext: {
        runAsUser: 1000,
        fsGroup: 1000,
        supplementalGroups: [5],
        sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }],
      },
      initContainers: [
        { name: 'side', image: 'x:1', restartPolicy: 'Always', readinessProbe: { tcpSocket: { port: 80 } } },
      ],
      containers: [
        {
          name: 'main',
          image: 'x:1',
          command: ['a'],
          env: [
            { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'B', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
            { name: 'C', valueFrom: { configMapKeyRef: { name: 'c', key: 'k', optional: true } } },
          ],
          envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }],
          ports: [{ containerPort: 80, name: 'http', protocol: 'TCP', hostPort: 8080 }],
          volumeMounts: [
            { name: 'all', mountPath: '/all', readOnly: true },
            { name: 'host', mountPath: '/host', subPath: 'a', mountPropagation: 'HostToContainer' },
          ],
          livenessProbe: { grpc: { port: 80, service: 'x' }, terminationGracePeriodSeconds: 5 },
          readinessProbe: { exec: { command: ['true'] }, successThreshold: 2 },
          startupProbe: { httpGet: { port: 'http', path: '/', httpHeaders: [{ name: 'Host', value: 'x' }] } },
          lifecycle: { postStart: { exec: { command: ['a'] } }, preStop: { sleep: { seconds: 3 } } },
          securityContext: {
            privileged: false,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
      volumes: [
        {
          name: 'all',
          projected: {
            sources: [
              { serviceAccountToken: { path: 't', audience: 'x', expirationSeconds: 3600 } },
              { configMap: { name: 'c', items: [{ key: 'k', path: 'k', mode: 256 }] } },
              { downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
            ],
          },
        },
        { name: 'host', hostPath: { path: '/x', type: 'DirectoryOrCreate' } },
        { name: 'nfs', nfs: { server: 's', path: '/p' } },
        { name: 'csi', csi: { driver: 'example.org', volumeAttributes: { a: 'b' } } },
        {
          name: 'eph',
          ephemeral: {
            volumeClaimTemplate: {
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata('claim'),
    spec: {
      accessModes: ['ReadWriteMany'],
      storageClassName: 'x',
      resources: { requests: { storage: '1Gi' }, limits: { storage: '2Gi' } },
      selector: { matchLabels: { a: 'b' } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('service'),
    spec: {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      internalTrafficPolicy: 'Cluster',
      selector: LABELS,
      ipFamilyPolicy: 'SingleStack',
      externalIPs: ['203.0.113.5'],
      ports: [
        { name: 'a', port: 80, targetPort: 'http', nodePort: 30080, appProtocol: 'http' },
        { name: 'b', port: 81, protocol: 'UDP' },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('external'),
    spec: { type: 'ExternalName', externalName: 'db.example.org' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata('policy'),
    spec: {
      podSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['x'] }] },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            { ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } },
            { namespaceSelector: {}, podSelector: {} },
          ],
          ports: [{ port: 80, endPort: 90, protocol: 'TCP' }, { port: 'http' }],
        },
      ],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: metadata('ingress'),
    spec: {
      defaultBackend: { service: { name: 'x', port: { number: 80 } } },
      tls: [{ hosts: ['*.example.org'], secretName: 's' }],
      rules: [
        {
          host: '*.example.org',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Exact',
                backend: { resource: { kind: 'X', name: 'y', apiGroup: 'example.org' } },
              },
            ],
          },
        },
      ],
    },
  },
];
