// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { binaryPath } from '../binaries.mjs';
import { cgroupOf } from '../machine/machine.mjs';
import { dnsAddress, podRange } from './layout.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */

export const pauseImage = 'registry.k8s.io/pause:3.10';

/**
 * Writes what containerd and the kubelet read.
 *
 * @param {Machine} machine
 */
export function writeConfiguration(machine) {
  const network = join(machine.directory, 'cni');
  mkdirSync(network, { recursive: true });
  const files = {
    network: join(network, '10-testbed.conflist'),
    containerdConfig: join(machine.directory, 'containerd.toml'),
    containerdSocket: '/run/containerd/containerd.sock',
    kubeletConfig: join(machine.directory, 'kubelet.yaml'),
    resolver: join(machine.directory, 'resolv.conf'),
  };
  writeJson(files.network, networkConfiguration);
  writeFileSync(files.containerdConfig, containerdConfiguration(machine, files.containerdSocket, network));
  writeJson(files.kubeletConfig, kubeletConfiguration(machine, files));
  writeFileSync(files.resolver, '');
  return files;
}

const networkConfiguration = {
  cniVersion: '1.0.0',
  name: 'testbed',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: podRange }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/**
 * @param {Machine} machine
 * @param {string} socket
 * @param {string} network
 */
function containerdConfiguration({ data }, socket, network) {
  return `version = 3
root = "${join(data, 'containerd')}"
state = "/run/containerd/state"
disabled_plugins = ["io.containerd.nri.v1.nri"]

[grpc]
  address = "${socket}"

[plugins."io.containerd.internal.v1.opt"]
  path = "/run/containerd/opt"

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${pauseImage}"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    conf_dir = "${network}"
    bin_dirs = ["${dirname(binaryPath('bridge'))}"]
  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
      BinaryName = "${binaryPath('runc')}"
      SystemdCgroup = false
`;
}

/**
 * @param {Machine} machine
 * @param {{ containerdSocket: string, resolver: string }} files
 */
function kubeletConfiguration(machine, { containerdSocket, resolver }) {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupOf(machine)}`,
    failCgroupV1: false,
    failSwapOn: false,
    featureGates: { KubeletInUserNamespace: true }, // the kernel's settings stay as they are
    // nobody but the pods and this machine reaches it
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: resolver,
    podLogsDir: join(machine.directory, 'pod-logs'),
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100, // no image can be had again
    imageGCLowThresholdPercent: 99,
    localStorageCapacityIsolation: true,
    maxPods: 200,
    nodeStatusUpdateFrequency: '5s',
    runtimeRequestTimeout: '2m',
    shutdownGracePeriod: '0s',
  };
}

/**
 * @param {string} file
 * @param {object} content
 */
function writeJson(file, content) {
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
}
