import { DEFAULT_BUILD_TAG } from '../model/images';
import type { Settings } from '../model/settings';
import { DEFAULT_KUBERNETES_VERSION, parseKubernetesMinor } from '../model/versions';

/** What holds for a system that says nothing. */
export const DEFAULT_SETTINGS: Settings = {
  kubernetesMinor: parseKubernetesMinor(DEFAULT_KUBERNETES_VERSION) ?? 0,
  environment: 'development',
  images: { registry: undefined, tag: DEFAULT_BUILD_TAG, pullPolicy: 'IfNotPresent', pullSecret: undefined },
  network: {
    monitoringNamespaces: [],
    dns: {
      namespace: 'kube-system',
      podLabels: { 'k8s-app': 'kube-dns' },
      // The usual address of NodeLocal DNSCache.
      cidrs: ['169.254.20.10/32'],
      ports: [53],
    },
  },
  secrets: { kind: 'generated' },
  composeProject: 'compose',
  secretsDirectory: 'secrets',
};
