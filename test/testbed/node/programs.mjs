// @ts-check
import { dirname, join } from 'node:path';
import { binaryPath } from '../binaries.mjs';
import { etcd, kubeApiServer, kubeControllerManager } from '../components.mjs';
import { machineAddress } from '../machine/network.mjs';
import { kubeconfigOf, layoutOf, nodeName, podRange, serviceRange } from './layout.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */
/** @typedef {{ name: string, binary: string, args: readonly string[], env?: Record<string, string> }} Program */

/** The Service of the metrics server sends here. */
export const metricsPort = 4443;

/**
 * @param {Machine} machine
 * @param {readonly string[]} frontProxyArgs
 * @returns {Record<'etcd' | 'apiServer' | 'controllerManager' | 'scheduler', Program>}
 */
export function controlPlanePrograms(machine, frontProxyArgs) {
  const layout = layoutOf(machine);
  return {
    etcd: withBinary(etcd(layout)),
    apiServer: withBinary(
      kubeApiServer(layout, [
        '--bind-address=0.0.0.0',
        `--advertise-address=${machineAddress(machine)}`,
        `--service-cluster-ip-range=${serviceRange}`,
        '--kubelet-preferred-address-types=InternalIP',
        '--enable-aggregator-routing=true', // the metrics server is at an address, not at a pod
        ...frontProxyArgs,
      ]),
    ),
    controllerManager: withBinary(
      kubeControllerManager(layout, [
        `--kubeconfig=${kubeconfigOf(machine, 'system:kube-controller-manager')}`,
        '--horizontal-pod-autoscaler-sync-period=5s',
      ]),
    ),
    scheduler: withBinary({
      name: 'kube-scheduler',
      args: [
        `--kubeconfig=${kubeconfigOf(machine, 'system:kube-scheduler')}`,
        '--leader-elect=false',
        '--secure-port=0',
      ],
    }),
  };
}

/**
 * @param {Machine} machine
 * @param {Readonly<Record<'containerdConfig' | 'containerdSocket' | 'kubeletConfig', string>>} files
 * @returns {Record<'containerd' | 'kubelet' | 'proxy' | 'router' | 'metrics', Program>}
 */
export function nodePrograms(machine, files) {
  const path = [...['containerd', 'runc'].map((tool) => dirname(binaryPath(tool))), process.env.PATH].join(':');
  const address = machineAddress(machine);
  const metricsKubeconfig = kubeconfigOf(machine, 'testbed:metrics-server');
  return {
    containerd: withBinary({ name: 'containerd', args: [`--config=${files.containerdConfig}`], env: { PATH: path } }),
    kubelet: withBinary({
      name: 'kubelet',
      args: [
        `--config=${files.kubeletConfig}`,
        `--kubeconfig=${kubeconfigOf(machine, `system:node:${nodeName}`)}`,
        `--root-dir=${join(machine.directory, 'kubelet')}`,
        `--cert-dir=${join(machine.directory, 'kubelet-certificates')}`,
        `--hostname-override=${nodeName}`,
        `--node-ip=${address}`,
      ],
      env: { PATH: path },
    }),
    proxy: withBinary({
      name: 'kube-proxy',
      args: [
        `--kubeconfig=${kubeconfigOf(machine, 'system:kube-proxy')}`,
        `--hostname-override=${nodeName}`,
        '--proxy-mode=iptables',
        `--cluster-cidr=${podRange}`,
        '--conntrack-max-per-core=0', // a setting that all machines share
        '--conntrack-tcp-timeout-established=0s',
        '--conntrack-tcp-timeout-close-wait=0s',
        '--healthz-bind-address=127.0.0.1:10256',
      ],
    }),
    router: withBinary({
      name: 'kube-router',
      args: [
        `--kubeconfig=${kubeconfigOf(machine, 'testbed:kube-router')}`,
        '--run-router=false',
        '--run-service-proxy=false',
        '--run-firewall=true',
        `--hostname-override=${nodeName}`,
        `--service-cluster-ip-range=${serviceRange}`,
      ],
      env: { NODE_NAME: nodeName },
    }),
    metrics: withBinary({
      name: 'metrics-server',
      args: [
        `--kubeconfig=${metricsKubeconfig}`,
        `--authentication-kubeconfig=${metricsKubeconfig}`,
        `--authorization-kubeconfig=${metricsKubeconfig}`,
        `--cert-dir=${join(machine.directory, 'metrics-certificates')}`,
        `--secure-port=${metricsPort}`,
        '--metric-resolution=10s',
        '--kubelet-request-timeout=5s',
        '--kubelet-insecure-tls',
        '--kubelet-preferred-address-types=InternalIP',
      ],
    }),
  };
}

/**
 * @param {Omit<Program, 'binary'>} program
 * @returns {Program}
 */
function withBinary(program) {
  return { ...program, binary: binaryPath(program.name) };
}
