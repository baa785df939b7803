// @ts-check
import { writeDockerReplacement } from './docker-cli.mjs';
import { writeTraefikReplacements } from './traefik.mjs';

/** @typedef {import('./parts.mjs').Part} Part */

/**
 * What a node and an engine need besides the control plane: some 30 minutes of building on two cores,
 * so that nobody gets them who does not ask.
 *
 * @type {readonly Part[]}
 */
export const linuxParts = [
  {
    name: 'containerd',
    module: 'github.com/containerd/containerd/v2',
    package: ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(
      (name) => `github.com/containerd/containerd/v2/cmd/${name}`,
    ),
    stamps: (version) => ({ 'github.com/containerd/containerd/v2/version.Version': version }),
    binaries: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
    group: 'node',
  },
  {
    name: 'runc',
    module: 'github.com/opencontainers/runc',
    package: 'github.com/opencontainers/runc',
    stamps: () => ({}),
    binaries: ['runc'],
    group: 'node',
    flags: ['-tags', 'seccomp'],
    cgo: true,
  },
  {
    name: 'cni',
    module: 'github.com/containernetworking/plugins',
    package: ['main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap'].map(
      (path) => `github.com/containernetworking/plugins/plugins/${path}`,
    ),
    stamps: (version) => ({
      'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': version,
    }),
    binaries: ['bridge', 'loopback', 'host-local', 'portmap'],
    group: 'node',
  },
  {
    name: 'kube-router',
    module: 'github.com/cloudnativelabs/kube-router/v2',
    package: 'github.com/cloudnativelabs/kube-router/v2/cmd/kube-router',
    stamps: (version) => ({ 'github.com/cloudnativelabs/kube-router/v2/pkg/version.Version': version }),
    binaries: ['kube-router'],
    group: 'node',
  },
  {
    name: 'coredns',
    module: 'github.com/coredns/coredns',
    package: 'github.com/coredns/coredns',
    stamps: () => ({}),
    binaries: ['coredns'],
    group: 'node',
  },
  {
    name: 'metrics-server',
    module: 'sigs.k8s.io/metrics-server',
    package: 'sigs.k8s.io/metrics-server/cmd/metrics-server',
    stamps: () => ({}),
    binaries: ['metrics-server'],
    group: 'node',
  },
  {
    name: 'traefik',
    module: 'github.com/traefik/traefik/v3',
    package: 'github.com/traefik/traefik/v3/cmd/traefik',
    stamps: (version) => ({ 'github.com/traefik/traefik/v3/pkg/version.Version': version }),
    binaries: ['traefik'],
    group: 'node',
    prepare: writeTraefikReplacements,
  },
  {
    name: 'dockerd',
    module: 'github.com/moby/moby/v2',
    package: ['dockerd', 'docker-proxy'].map((name) => `github.com/moby/moby/v2/cmd/${name}`),
    // the module's version is v2.0.0-beta.N while that of the engine made of it is 29
    stamps: () => ({ 'github.com/moby/moby/v2/dockerversion.Version': '29.0.0' }),
    binaries: ['dockerd', 'docker-proxy'],
    group: 'engine',
  },
  {
    name: 'docker',
    module: 'github.com/docker/cli',
    package: 'github.com/docker/cli/cmd/docker',
    stamps: (version) => ({
      'github.com/docker/cli/cli/version.Version': version.slice(1).replace('+incompatible', ''),
    }),
    binaries: ['docker'],
    group: 'engine',
    prepare: writeDockerReplacement,
  },
  {
    name: 'buildx',
    module: 'github.com/docker/buildx',
    package: 'github.com/docker/buildx/cmd/buildx',
    stamps: (version) => ({ 'github.com/docker/buildx/version.Version': version }),
    binaries: ['docker-buildx'],
    group: 'engine',
  },
  {
    name: 'ollama',
    module: 'github.com/ollama/ollama',
    package: 'github.com/ollama/ollama',
    stamps: (version) => ({ 'github.com/ollama/ollama/version.Version': version.slice(1) }),
    binaries: ['ollama'],
    group: 'engine', // goes into an image
    cgo: true,
  },
];
